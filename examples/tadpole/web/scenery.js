// Stones, weeds and water lilies. Each square of the pond has its own, the same on every page.
import { seeded } from './random.js';
import { glow, painted } from './textures.js';

const squareUnits = 420;
const squaresKept = 400;
const shoreUnits = 500;
const lilySprites = 4;

export class Scenery {
  #rules;
  #squares = new Map();
  #shade = glow(64, '1, 16, 22', 1);
  #stone = stoneSprite();
  #lilies = Array.from({ length: lilySprites }, (_, index) => lilySprite(index));
  #still;

  constructor(rules, still) {
    this.#rules = rules;
    this.#still = still;
  }

  /** What lies and grows on the ground, and the shadows of what floats above. */
  drawGround(context, camera, timeS) {
    const seconds = this.#still.matches ? 0 : timeS;
    for (const { stones, weeds, lilies } of this.#inSight(camera)) {
      context.globalAlpha = 0.55;
      for (const { x, y, size, flat } of stones) {
        context.drawImage(this.#stone, x - size, y - size * flat, size * 2, size * 2 * flat);
      }
      context.globalAlpha = 0.5;
      for (const { x, y, size } of lilies) {
        context.drawImage(this.#shade, x - size * 0.9, y - size * 0.3, size * 2.5, size * 2.5);
      }
      context.globalAlpha = 1;
      for (const weed of weeds) drawWeed(context, weed, seconds);
    }
  }

  /** What floats on the surface, over the tadpoles. */
  drawSurface(context, camera, timeS) {
    const seconds = this.#still.matches ? 0 : timeS;
    context.globalAlpha = 0.94;
    for (const { lilies } of this.#inSight(camera)) {
      for (const { x, y, size, turn, kind, phase } of lilies) {
        context.save();
        context.translate(
          x + Math.sin(seconds * 0.5 + phase) * 2.5,
          y + Math.cos(seconds * 0.4 + phase) * 2.5,
        );
        context.rotate(turn + Math.sin(seconds * 0.3 + phase) * 0.05);
        context.drawImage(this.#lilies[kind], -size, -size, size * 2, size * 2);
        context.restore();
      }
    }
    context.globalAlpha = 1;
  }

  *#inSight(camera) {
    const { left, top, right, bottom } = camera.view(90);
    for (let row = Math.floor(top / squareUnits); row <= Math.floor(bottom / squareUnits); row += 1) {
      for (
        let column = Math.floor(left / squareUnits);
        column <= Math.floor(right / squareUnits);
        column += 1
      ) {
        yield this.#square(column, row);
      }
    }
  }

  #square(column, row) {
    const key = column * 65536 + row;
    let square = this.#squares.get(key);
    if (square === undefined) {
      if (this.#squares.size >= squaresKept) this.#squares.clear();
      square = grow(column, row, this.#rules);
      this.#squares.set(key, square);
    }
    return square;
  }
}

function grow(column, row, rules) {
  const random = seeded(column, row, 77);
  const square = { stones: [], weeds: [], lilies: [] };
  const place = () => ({ x: (column + random()) * squareUnits, y: (row + random()) * squareUnits });
  for (let heap = 1 + random() * 2; heap >= 1; heap -= 1) addStones(square.stones, place(), random, rules);
  const near = nearness(place(), rules);
  if (random() < 0.22 + near * 0.6) addClump(square.weeds, place(), random, rules);
  if (random() < 0.24 + near * 0.3) addLilies(square.lilies, place(), random, rules);
  return square;
}

function addStones(stones, centre, random, rules) {
  for (let count = 1 + random() * 6; count >= 1; count -= 1) {
    const spread = 130 * random();
    const angle = random() * 2 * Math.PI;
    const stone = {
      x: centre.x + Math.cos(angle) * spread,
      y: centre.y + Math.sin(angle) * spread,
      size: 7 + random() ** 2 * 30,
      flat: 0.65 + random() * 0.25,
    };
    add(stones, stone, rules);
  }
}

/** Seen from above, the leaves of a plant spread from its root. */
function addClump(weeds, root, random, rules) {
  const hue = 140 + random() * 45;
  for (let count = 9 + random() * 8; count >= 1; count -= 1) {
    const weed = {
      x: root.x + (random() - 0.5) * 26,
      y: root.y + (random() - 0.5) * 26,
      length: 45 + random() * 75,
      breadth: 4 + random() * 4,
      angle: random() * 2 * Math.PI,
      phase: random() * 7,
      colour: `hsla(${hue + random() * 20}, 46%, ${17 + random() * 13}%, 0.6)`,
    };
    add(weeds, weed, rules);
  }
}

function addLilies(lilies, centre, random, rules) {
  const placed = [];
  for (let count = 2 + random() * 5; count >= 1; count -= 1) {
    const lily = {
      x: centre.x + (random() - 0.5) * 230,
      y: centre.y + (random() - 0.5) * 180,
      size: 24 + random() * 26,
      turn: random() * 7,
      kind: random() < 0.27 ? lilySprites - 1 : Math.floor(random() * (lilySprites - 1)),
      phase: random() * 7,
    };
    const overlaps = placed.some(
      ({ x, y, size }) => Math.hypot(x - lily.x, y - lily.y) < (size + lily.size) * 0.93,
    );
    if (overlaps) continue;
    placed.push(lily);
    add(lilies, lily, rules);
  }
}

/** Nothing of this stands on the land. */
function add(things, thing, { width, height }) {
  const { x, y } = thing;
  if (x > 10 && y > 10 && x < width - 10 && y < height - 10) things.push(thing);
}

/** 1 at the shore, 0 well away from it. */
function nearness({ x, y }, { width, height }) {
  const distance = Math.min(x, y, width - x, height - y);
  return Math.max(0, 1 - Math.max(0, distance) / shoreUnits);
}

function drawWeed(context, { x, y, length, breadth, angle, phase, colour }, seconds) {
  const bend = Math.sin(seconds * 0.7 + phase) * 0.22 + Math.sin(phase) * 0.4;
  context.save();
  context.translate(x, y);
  context.rotate(angle + Math.sin(seconds * 0.45 + phase) * 0.06);
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, 0);
  context.quadraticCurveTo(length * 0.5, -breadth, length, bend * length * 0.6);
  context.quadraticCurveTo(length * 0.5, breadth, 0, 0);
  context.fill();
  context.restore();
}

/** A pebble, lit from the upper left, deep in the water. */
function stoneSprite() {
  return painted(96, 96, (context) => {
    context.drawImage(glow(96, '0, 12, 18', 1), 0, 0);
    const skin = context.createRadialGradient(38, 36, 3, 46, 46, 34);
    skin.addColorStop(0, '#3f7273');
    skin.addColorStop(0.6, '#1d484f');
    skin.addColorStop(1, '#0b2a33');
    context.fillStyle = skin;
    context.beginPath();
    context.ellipse(46, 46, 33, 31, 0.4, 0, 2 * Math.PI);
    context.fill();
  });
}

/** A leaf with its notch and veins; the last kind bears a flower. */
function lilySprite(kind) {
  return painted(160, 160, (context) => {
    context.translate(80, 80);
    const hue = 112 + kind * 10;
    const gradient = context.createRadialGradient(-18, -22, 8, 0, 0, 76);
    gradient.addColorStop(0, `hsl(${hue}, 34%, 43%)`);
    gradient.addColorStop(0.55, `hsl(${hue + 12}, 36%, 31%)`);
    gradient.addColorStop(0.92, `hsl(${hue + 22}, 40%, 22%)`);
    gradient.addColorStop(1, `hsl(${hue - 20}, 30%, 30%)`);
    context.fillStyle = gradient;
    context.beginPath();
    context.moveTo(4, 0);
    context.arc(0, 0, 74, 0.2, 2 * Math.PI - 0.2);
    context.closePath();
    context.fill();
    context.strokeStyle = `hsla(${hue - 14}, 50%, 68%, 0.28)`;
    context.lineWidth = 2;
    context.stroke();
    context.lineWidth = 1.6;
    for (let vein = 1; vein < 12; vein += 1) {
      const angle = 0.2 + (vein / 12) * (2 * Math.PI - 0.4);
      context.beginPath();
      context.moveTo(0, 0);
      context.quadraticCurveTo(
        Math.cos(angle + 0.1) * 36,
        Math.sin(angle + 0.1) * 36,
        Math.cos(angle) * 68,
        Math.sin(angle) * 68,
      );
      context.stroke();
    }
    if (kind === lilySprites - 1) drawFlower(context);
  });
}

function drawFlower(context) {
  context.translate(-10, 6);
  for (const [petals, length, colour] of [
    [9, 38, '#e9a9c4'],
    [8, 29, '#f5c9da'],
    [6, 19, '#fdeaf0'],
  ]) {
    context.fillStyle = colour;
    for (let petal = 0; petal < petals; petal += 1) {
      context.save();
      context.rotate((petal / petals) * 2 * Math.PI + length);
      context.beginPath();
      context.moveTo(0, 0);
      context.quadraticCurveTo(length * 0.5, -length * 0.34, length, 0);
      context.quadraticCurveTo(length * 0.5, length * 0.34, 0, 0);
      context.fill();
      context.restore();
    }
  }
  context.fillStyle = '#f4c95d';
  context.beginPath();
  context.arc(0, 0, 6.5, 0, 2 * Math.PI);
  context.fill();
}
