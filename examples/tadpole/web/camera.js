// Which part of the pond is seen. Follows the own tadpole softly and looks a little ahead of it.
import { clamp } from './swimming.js';

const followPerSecond = 4;
const lookAheadS = 0.3;
const jumpUnits = 700;
/** How much of the bank may be seen beyond the water. */
const bankUnits = 170;
/** The server tells of tadpoles up to 1000 units away on each side: what is farther off must not be seen. */
const sightUnits = 1780;

export class Camera {
  /** The pond's point in the middle of the screen. */
  x = 0;
  y = 0;
  /** Pixels of the page per unit. */
  scale = 1;
  width = 1;
  height = 1;

  resize(width, height) {
    this.width = width;
    this.height = height;
    const comfortable = 0.9 + 0.35 * clamp((Math.min(width, height) - 360) / 500, 0, 1);
    this.scale = Math.max(comfortable, Math.max(width, height) / sightUnits);
  }

  follow(body, rules, seconds) {
    const aheadX = Math.cos(body.heading) * body.speed * lookAheadS;
    const aheadY = Math.sin(body.heading) * body.speed * lookAheadS;
    const x = within(body.x + aheadX, rules.width, this.width / 2 / this.scale - bankUnits);
    const y = within(body.y + aheadY, rules.height, this.height / 2 / this.scale - bankUnits);
    const far = Math.hypot(x - this.x, y - this.y) > jumpUnits;
    const share = far ? 1 : 1 - Math.exp(-followPerSecond * seconds);
    this.x += (x - this.x) * share;
    this.y += (y - this.y) * share;
  }

  /** The pixel of the page at which a point of the pond is seen. */
  toPage({ x, y }) {
    return {
      x: (x - this.x) * this.scale + this.width / 2,
      y: (y - this.y) * this.scale + this.height / 2,
    };
  }

  /** The other way round. */
  toPond({ x, y }) {
    return {
      x: (x - this.width / 2) / this.scale + this.x,
      y: (y - this.height / 2) / this.scale + this.y,
    };
  }

  /** Makes `context` draw in the pond's units; `pixelRatio`: its pixels per pixel of the page. */
  apply(context, pixelRatio) {
    const scale = this.scale * pixelRatio;
    context.setTransform(
      scale,
      0,
      0,
      scale,
      (this.width * pixelRatio) / 2 - this.x * scale,
      (this.height * pixelRatio) / 2 - this.y * scale,
    );
  }

  /** What is seen, in the pond's units, and `margin` more on each side. */
  view(margin = 0) {
    const halfWidth = this.width / 2 / this.scale + margin;
    const halfHeight = this.height / 2 / this.scale + margin;
    return {
      left: this.x - halfWidth,
      top: this.y - halfHeight,
      right: this.x + halfWidth,
      bottom: this.y + halfHeight,
    };
  }

  sees({ x, y }, margin) {
    const { left, top, right, bottom } = this.view(margin);
    return x >= left && x <= right && y >= top && y <= bottom;
  }
}

/** The camera stays so far from the edge; in a pond smaller than the screen, in its middle. */
function within(value, length, distance) {
  return distance * 2 >= length ? length / 2 : clamp(value, distance, length - distance);
}
