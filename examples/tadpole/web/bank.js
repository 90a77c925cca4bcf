// Grass, reeds and stones along the shore.
import { seeded } from './random.js';
import { shorePoints } from './shore.js';

const tuftsPerPoint = 7;

export class Bank {
  #tufts;
  #still;

  constructor(rules, still) {
    this.#still = still;
    const random = seeded(4321);
    this.#tufts = shorePoints(rules).flatMap((point) =>
      Array.from({ length: tuftsPerPoint }, () => tuft(point, random)),
    );
    this.#tufts.sort((one, other) => one.y - other.y);
  }

  draw(context, camera, timeS) {
    const seconds = this.#still.matches ? 0 : timeS;
    for (const one of this.#tufts) {
      if (!camera.sees(one, 90)) continue;
      if (one.kind === 'stone') drawStone(context, one);
      else for (const blade of one.blades) drawBlade(context, one, blade, seconds);
      if (one.kind === 'reed') drawSpike(context, one, seconds);
    }
  }
}

function tuft({ x, y, outward }, random) {
  const along = (random() - 0.5) * 80;
  const out = random() ** 1.6 * 230 - 8;
  const kind = random() < 0.06 && out > 20 ? 'stone' : random() < 0.5 && out < 22 ? 'reed' : 'grass';
  const tall = kind === 'reed' ? 68 : 30;
  return {
    x: x + Math.cos(outward) * out - Math.sin(outward) * along,
    y: y + Math.sin(outward) * out + Math.cos(outward) * along,
    kind,
    size: 9 + random() * 15,
    phase: random() * 7,
    blades: Array.from({ length: kind === 'reed' ? 4 : 7 }, () => ({
      height: tall * (0.55 + random() * 0.7),
      lean: (random() - 0.5) * tall * 0.9,
      colour: `hsl(${84 + random() * 46}, ${26 + random() * 16}%, ${17 + random() * 16}%)`,
    })),
  };
}

function drawBlade(context, { x, y, phase }, { height, lean, colour }, seconds) {
  const tipX = x + lean + Math.sin(seconds * 1.1 + phase + lean) * height * 0.06;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x - 2, y);
  context.quadraticCurveTo(x - 1.5 + lean * 0.2, y - height * 0.6, tipX, y - height);
  context.quadraticCurveTo(x + 2.5 + lean * 0.2, y - height * 0.55, x + 2, y);
  context.fill();
}

function drawSpike(context, { x, y, phase, blades }, seconds) {
  const height = blades[0].height * 1.15;
  const tipX = x + Math.sin(seconds * 1.1 + phase) * height * 0.05;
  context.strokeStyle = '#3d4a25';
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(tipX, y - height);
  context.stroke();
  context.strokeStyle = '#5b3d24';
  context.lineWidth = 6;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(tipX, y - height + 2);
  context.lineTo(tipX, y - height - 15);
  context.stroke();
}

function drawStone(context, { x, y, size }) {
  context.fillStyle = 'rgba(6, 16, 12, 0.45)';
  context.beginPath();
  context.ellipse(x + 3, y + 4, size * 1.15, size * 0.8, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = '#46504a';
  context.beginPath();
  context.ellipse(x, y, size * 1.1, size * 0.75, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = 'rgba(190, 210, 190, 0.16)';
  context.beginPath();
  context.ellipse(x - size * 0.2, y - size * 0.22, size * 0.7, size * 0.38, -0.2, 0, 2 * Math.PI);
  context.fill();
}
