// What drifts in the water: motes that catch the light, and bubbles behind the quick ones.
import { seeded } from './random.js';
import { glow } from './textures.js';

const motesPerMegapixel = 70;
const motesMax = 140;
const bubblesMax = 160;
const bubbleS = 1.5;

export class Motes {
  #motes = [];
  #bubbles = [];
  #spark = glow(32, '205, 255, 232', 0.9);
  #still;
  #random = seeded(99);

  constructor(still) {
    this.#still = still;
  }

  resize(width, height) {
    const count = Math.min(motesMax, Math.ceil((width * height * motesPerMegapixel) / 1e6));
    const random = seeded(17);
    this.#motes = Array.from({ length: count }, () => ({
      x: random(),
      y: random(),
      near: 0.35 + random() * 0.8,
      phase: random() * 7,
    }));
  }

  /** In pixels of the page: the nearer a mote, the faster the camera passes it. */
  draw(context, camera, rules, timeS) {
    const seconds = this.#still.matches ? 0 : timeS;
    const wide = camera.width + 60;
    const high = camera.height + 60;
    for (const { x, y, near, phase } of this.#motes) {
      const driftX = seconds * 5 * near + Math.sin(seconds * 0.4 + phase) * 12;
      const driftY = -seconds * 4 * near + Math.cos(seconds * 0.3 + phase) * 12;
      const left = modulo(x * wide + driftX - camera.x * camera.scale * near, wide) - 30;
      const top = modulo(y * high + driftY - camera.y * camera.scale * near, high) - 30;
      if (isOnLand(camera.toPond({ x: left, y: top }), rules)) continue;
      const size = 3 + near * 6;
      context.globalAlpha = 0.16 + 0.2 * near * (0.5 + 0.5 * Math.sin(seconds * 0.8 + phase * 3));
      context.drawImage(this.#spark, left, top, size, size);
    }
    context.globalAlpha = 1;
  }

  /** Now and then a bubble rises from one that swims; `effort` is its share of the highest speed. */
  trail(body, effort, timeS, seconds) {
    if (this.#still.matches || this.#random() > effort * seconds * 5) return;
    if (this.#bubbles.length >= bubblesMax) this.#bubbles.shift();
    this.#bubbles.push({
      x: body.x - Math.cos(body.heading) * 26 + (this.#random() - 0.5) * 12,
      y: body.y - Math.sin(body.heading) * 26 + (this.#random() - 0.5) * 12,
      size: 1.3 + this.#random() * 2.4,
      bornS: timeS,
    });
  }

  /** In the pond's units. */
  drawBubbles(context, timeS) {
    this.#bubbles = this.#bubbles.filter(({ bornS }) => timeS - bornS < bubbleS);
    context.lineWidth = 1;
    for (const { x, y, size, bornS } of this.#bubbles) {
      const age = (timeS - bornS) / bubbleS;
      context.strokeStyle = `rgba(205, 245, 235, ${0.5 * (1 - age)})`;
      context.beginPath();
      context.arc(x + Math.sin(age * 6 + size) * 3, y - age * 14, size * (1 + age), 0, 2 * Math.PI);
      context.stroke();
    }
  }
}

function isOnLand({ x, y }, { width, height }) {
  return x < 0 || y < 0 || x > width || y > height;
}

function modulo(value, divisor) {
  return ((value % divisor) + divisor) % divisor;
}
