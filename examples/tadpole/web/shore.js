// Where water meets land. The server's pond is a rectangle; its shore winds a little way outside.
import { seeded } from './random.js';

const stepUnits = 70;
const cornerUnits = 420;
const outsideUnits = 46;

let made = null;

/** The shore as points {x, y, outward} with the direction to the land in radians. */
export function shorePoints(rules) {
  return shoreOf(rules).points;
}

export function shorePath(rules) {
  return shoreOf(rules).path;
}

/** The pond of one server has one shore: the last one made is kept. */
function shoreOf({ width, height }) {
  if (made?.width !== width || made.height !== height) {
    const points = windingPoints(width, height);
    made = { width, height, points, path: smoothPath(points) };
  }
  return made;
}

function windingPoints(width, height) {
  const waves = wavesOf(seeded(width, height));
  const points = straightPoints(width, height);
  return points.map(({ x, y, outward }, index) => {
    const turn = (index / points.length) * 2 * Math.PI;
    let out = outsideUnits;
    for (const { times, depth, phase } of waves) out += depth * Math.sin(times * turn + phase);
    return { x: x + Math.cos(outward) * out, y: y + Math.sin(outward) * out, outward };
  });
}

function wavesOf(random) {
  return [9, 17, 31, 58].map((times, index) => ({
    times,
    depth: 15 / (1 + index * 0.6),
    phase: random() * 2 * Math.PI,
  }));
}

/** Round about the rectangle, clockwise from its upper left corner. */
function straightPoints(width, height) {
  const points = [];
  const sides = [
    [0, 0, 1, 0, width],
    [width, 0, 0, 1, height],
    [width, height, -1, 0, width],
    [0, height, 0, -1, height],
  ];
  for (const [x, y, right, down, length] of sides) {
    const steps = Math.ceil(length / stepUnits);
    for (let step = 0; step < steps; step += 1) {
      const along = (step / steps) * length;
      points.push({
        x: x + right * along,
        y: y + down * along,
        outward: outwardAt(right, down, along, length),
      });
    }
  }
  return points;
}

/** Straight out along the sides, slanting toward the corners. */
function outwardAt(right, down, along, length) {
  const straight = Math.atan2(-right, down);
  const before = Math.max(0, 1 - along / cornerUnits);
  const after = Math.max(0, 1 - (length - along) / cornerUnits);
  return straight + ((after - before) * Math.PI) / 4;
}

function smoothPath(points) {
  const path = new Path2D();
  const middle = (index) => {
    const [first, second] = [points[index % points.length], points[(index + 1) % points.length]];
    return [(first.x + second.x) / 2, (first.y + second.y) / 2];
  };
  path.moveTo(...middle(points.length - 1));
  points.forEach(({ x, y }, index) => path.quadraticCurveTo(x, y, ...middle(index)));
  path.closePath();
  return path;
}
