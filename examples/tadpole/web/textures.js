// Pictures that are made once, when the page loads, and then drawn many times.
import { seeded } from './random.js';

/** A canvas of this size, painted by `paint(context)`. */
export function painted(width, height, paint) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width);
  canvas.height = Math.ceil(height);
  paint(canvas.getContext('2d'));
  return canvas;
}

/** A round spot of `colour` ("r, g, b") that fades toward its rim. */
export function glow(size, colour, alpha) {
  return painted(size, size, (context) => {
    const half = size / 2;
    const gradient = context.createRadialGradient(half, half, 0, half, half, half);
    for (let step = 0; step <= 8; step += 1) {
      const fade = (1 - step / 8) ** 2;
      gradient.addColorStop(step / 8, `rgba(${colour}, ${alpha * fade})`);
    }
    context.fillStyle = gradient;
    context.fillRect(0, 0, size, size);
  });
}

/**
 * The net of light that waves throw on a pond's ground: bright where two of the points strewn over the tile
 * are equally near, bent as by more waves, brighter here than there. Repeats without a seam.
 */
export function caustics(size, cells, seed) {
  const random = seeded(seed);
  const points = Array.from({ length: cells * cells }, () => [random(), random()]);
  const wave = (turns, amount) => amount * Math.sin(2 * Math.PI * turns);
  return pixels(size, (column, row) => {
    const [x, y] = [column / size, row / size];
    const bentX = x * cells + wave(y * 2 + x, 0.2) + wave(y * 5 - x * 3, 0.1) + wave(x * 9 + y * 2, 0.04);
    const bentY = y * cells + wave(x * 2 - y, 0.2) + wave(x * 4 + y * 3, 0.1) + wave(y * 8 - x * 3, 0.04);
    const [first, second] = nearestTwo(points, cells, bentX, bentY);
    const light = Math.max(0, 1 - (second - first) * 1.7) ** 4;
    const uneven = 0.62 + wave(x + y * 2, 0.2) + wave(x * 3 - y, 0.18);
    return [206, 255, 232, light * uneven * 255];
  });
}

function nearestTwo(points, cells, x, y) {
  let first = Infinity;
  let second = Infinity;
  for (let row = Math.floor(y) - 1; row <= Math.floor(y) + 1; row += 1) {
    for (let column = Math.floor(x) - 1; column <= Math.floor(x) + 1; column += 1) {
      const [right, down] = points[modulo(row, cells) * cells + modulo(column, cells)];
      const distance = Math.hypot(column + right - x, row + down - y);
      if (distance < first) [first, second] = [distance, first];
      else if (distance < second) second = distance;
    }
  }
  return [first, second];
}

/** Soft dark clouds, for ground that is not the same everywhere. Repeats without a seam. */
export function clouds(size, seed) {
  const layers = [3, 6, 13].map((cells) => {
    const random = seeded(seed, cells);
    return { cells, values: Array.from({ length: cells * cells }, random) };
  });
  return pixels(size, (x, y) => {
    let sum = 0;
    let weight = 0.55;
    for (const { cells, values } of layers) {
      sum += weight * smoothValue(values, cells, (x / size) * cells, (y / size) * cells);
      weight /= 2;
    }
    return [2, 22, 32, Math.max(0, sum - 0.3) * 2 * 255];
  });
}

function smoothValue(values, cells, x, y) {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const at = (right, down) => values[modulo(row + down, cells) * cells + modulo(column + right, cells)];
  const across = ease(x - column);
  const above = at(0, 0) + (at(1, 0) - at(0, 0)) * across;
  const below = at(0, 1) + (at(1, 1) - at(0, 1)) * across;
  return above + (below - above) * ease(y - row);
}

function pixels(size, colourAt) {
  return painted(size, size, (context) => {
    const image = context.createImageData(size, size);
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) image.data.set(colourAt(x, y), (y * size + x) * 4);
    }
    context.putImageData(image, 0, 0);
  });
}

function modulo(value, divisor) {
  return ((value % divisor) + divisor) % divisor;
}

function ease(share) {
  return share * share * (3 - 2 * share);
}
