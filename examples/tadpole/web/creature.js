// Draws tadpoles: a round head and a tail that beats the faster the faster it swims.
import { hashOf } from './random.js';
import { clamp, wrapped } from './swimming.js';
import { glow, painted } from './textures.js';

const headSpritePx = 112;
/** Pixels of a head's picture per unit. */
const headScale = 4;
const tailUnits = 31;
const tailSteps = 9;
const tailRoot = -7;
const ownHue = 43;
const hues = [6, 20, 70, 96, 148, 176, 198, 214, 240, 268, 300, 330, 350];
/** How much larger than on paper. */
const growth = 1.22;

const ownGlow = glow(128, '255, 222, 140', 0.5);
const shade = glow(48, '0, 12, 18', 0.85);
const heads = new Map();

/** What is remembered of a tadpole from one frame to the next, so that its tail moves smoothly. */
class Gait {
  phase = Math.random() * 7;
  effort = 0;
  bend = 0;
  heading;

  follow(body, speedMax, seconds) {
    const turned = this.heading === undefined ? 0 : wrapped(body.heading - this.heading);
    this.heading = body.heading;
    const ease = 1 - Math.exp(-7 * seconds);
    this.effort += (clamp(body.speed / speedMax, 0, 1) - this.effort) * ease;
    const turning = seconds > 0 ? clamp(turned / seconds / 4, -1, 1) : 0;
    this.bend += (turning - this.bend) * ease;
    this.phase += seconds * (2.2 + 17 * this.effort);
  }
}

export class Creatures {
  #gaits = new WeakMap();

  /** In the pond's units. Returns the tadpole's effort, 0 to 1. */
  draw(context, tadpole, isOwn, speedMax, seconds) {
    let gait = this.#gaits.get(tadpole);
    if (gait === undefined) this.#gaits.set(tadpole, (gait = new Gait()));
    const { x, y, heading } = tadpole.body;
    gait.follow(tadpole.body, speedMax, seconds);
    const hue = isOwn ? ownHue : hues[hashOf(tadpole.name || `${tadpole.id}`) % hues.length];

    context.drawImage(shade, x - 15, y - 2, 46, 46);
    if (isOwn) context.drawImage(ownGlow, x - 62, y - 62, 124, 124);
    context.save();
    context.translate(x, y);
    context.rotate(heading);
    context.scale(growth, growth);
    drawTail(context, gait, hue);
    const nod = Math.sin(gait.phase) * (0.03 + 0.05 * gait.effort);
    context.rotate(-nod);
    const size = headSpritePx / headScale;
    context.drawImage(headOf(hue), -size / 2, -size / 2, size, size);
    context.restore();
    return gait.effort;
  }
}

function drawTail(context, gait, hue) {
  const swing = 2.2 + 6.5 * gait.effort;
  const points = [];
  for (let step = 0; step <= tailSteps; step += 1) {
    const share = step / tailSteps;
    const wave = Math.sin(gait.phase - share * 4.6) * swing * share ** 1.2;
    points.push({ x: tailRoot - share * tailUnits, y: wave - gait.bend * 17 * share * share });
  }
  context.fillStyle = `hsla(${hue}, 52%, 72%, 0.32)`;
  fillRibbon(
    context,
    points,
    (share) => 2 + 7.2 * Math.sin(Math.PI * Math.min(1, share * 0.9 + 0.08)) ** 0.9,
  );
  context.fillStyle = `hsla(${hue}, 44%, 50%, 0.92)`;
  fillRibbon(context, points, (share) => 6.2 * (1 - share) ** 1.15 + 0.4);
}

/** A band along the points, `halfWidth(share of the way)` to either side. */
function fillRibbon(context, points, halfWidth) {
  context.beginPath();
  context.moveTo(points[0].x, points[0].y - halfWidth(0));
  const last = points.length - 1;
  for (let index = 1; index <= last; index += 1) lineAt(context, points, index, -halfWidth(index / last));
  for (let index = last; index >= 0; index -= 1) lineAt(context, points, index, halfWidth(index / last));
  context.fill();
}

function lineAt(context, points, index, aside) {
  const previous = points[Math.max(0, index - 1)];
  const next = points[Math.min(points.length - 1, index + 1)];
  const length = Math.hypot(next.x - previous.x, next.y - previous.y);
  context.lineTo(
    points[index].x + ((next.y - previous.y) / length) * aside,
    points[index].y - ((next.x - previous.x) / length) * aside,
  );
}

function headOf(hue) {
  let head = heads.get(hue);
  if (head === undefined) {
    head = painted(headSpritePx, headSpritePx, (context) => {
      context.translate(headSpritePx / 2, headSpritePx / 2);
      context.scale(headScale, headScale);
      drawHead(context, hue);
    });
    heads.set(hue, head);
  }
  return head;
}

function drawHead(context, hue) {
  const skin = context.createRadialGradient(2, -3.5, 1, 0, 0, 14);
  skin.addColorStop(0, `hsl(${hue}, 62%, 78%)`);
  skin.addColorStop(0.5, `hsl(${hue}, 50%, 61%)`);
  skin.addColorStop(1, `hsl(${hue + 8}, 44%, 39%)`);
  context.fillStyle = skin;
  context.beginPath();
  context.moveTo(12.4, 0);
  context.bezierCurveTo(12.4, 6.4, 6.6, 9.6, 0, 9);
  context.bezierCurveTo(-5.6, 8.4, -9.6, 5.4, -12.2, 0);
  context.bezierCurveTo(-9.6, -5.4, -5.6, -8.4, 0, -9);
  context.bezierCurveTo(6.6, -9.6, 12.4, -6.4, 12.4, 0);
  context.fill();
  context.fillStyle = `hsla(${hue + 10}, 60%, 26%, 0.22)`;
  for (const [x, y, size] of [
    [-3.5, -2.6, 1.2],
    [-1.2, 3.4, 0.9],
    [-6, 1.6, 0.8],
    [1.4, 0.4, 0.7],
  ]) {
    dot(context, x, y, size);
  }
  for (const side of [-1, 1]) {
    context.fillStyle = '#f6fff8';
    dot(context, 5.8, side * 5.7, 3);
    context.fillStyle = '#0b1d22';
    dot(context, 6.7, side * 5.9, 1.9);
    context.fillStyle = '#ffffff';
    dot(context, 7.2, side * 5.9 - 0.8, 0.65);
  }
}

function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
