// The water itself: depth, ground, the play of light, and the pond's soft edge.
import { shorePath } from './shore.js';
import { caustics, clouds } from './textures.js';

/** Water is soft: half of the page's pixels are plenty, and where drawing is slow, fewer do. */
const pixelRatios = [0.5, 0.36, 0.25];
/** Breadths, each over the ones before: many thin veils make a soft edge. */
const shallows = Array.from({ length: 16 }, (_, step) => 470 * (1 - step / 16.5) ** 1.35);

export class Water {
  #canvas;
  #context;
  #nets;
  #clouds;
  #still;
  #size = { width: 1, height: 1 };
  #coarseness = 0;

  /** `still`: for visitors who do not want things to move. */
  constructor(canvas, still) {
    this.#canvas = canvas;
    this.#still = still;
    this.#context = canvas.getContext('2d', { alpha: false });
    this.#nets = [caustics(320, 6, 11), caustics(320, 7, 29)].map((tile) => this.#pattern(tile));
    this.#clouds = this.#pattern(clouds(256, 5));
  }

  resize(width, height) {
    this.#size = { width, height };
    this.#canvas.width = Math.ceil(width * this.#pixelRatio);
    this.#canvas.height = Math.ceil(height * this.#pixelRatio);
  }

  /** Draws with fewer pixels from now on, if it may. */
  coarsen() {
    if (this.#coarseness + 1 === pixelRatios.length) return;
    this.#coarseness += 1;
    this.resize(this.#size.width, this.#size.height);
  }

  draw(camera, rules, timeS) {
    const context = this.#context;
    const seconds = this.#still.matches ? 0 : timeS;
    camera.apply(context, this.#pixelRatio);
    const view = camera.view(8);
    const inland =
      view.left > 80 && view.top > 80 && view.right < rules.width - 80 && view.bottom < rules.height - 80;
    context.save();
    if (!inland) {
      this.#drawBank(view);
      context.clip(shorePath(rules));
    }
    this.#drawDepth(view, rules);
    this.#drawLight(view, seconds);
    this.#drawShallows(view, rules);
    context.restore();
    if (!inland) this.#drawWaterline(rules, seconds);
    this.#drawBeams(seconds);
  }

  get #pixelRatio() {
    return pixelRatios[this.#coarseness];
  }

  #drawBank(view) {
    this.#fill(view, '#26361d');
    this.#clouds.setTransform(new DOMMatrix().scale(1.3));
    this.#fill(view, this.#clouds, 0.6);
  }

  #drawDepth(view, rules) {
    const context = this.#context;
    const gradient = context.createRadialGradient(0, 0, 0.1, 0, 0, 1.3);
    gradient.addColorStop(0, '#0a3a50');
    gradient.addColorStop(0.45, '#0b4653');
    gradient.addColorStop(0.75, '#0f5657');
    gradient.addColorStop(1, '#186a60');
    context.save();
    context.translate(rules.width / 2, rules.height / 2);
    context.scale(rules.width / 2, rules.height / 2);
    context.fillStyle = gradient;
    context.fillRect(-1.4, -1.4, 2.8, 2.8);
    context.restore();
    this.#clouds.setTransform(new DOMMatrix().scale(7));
    this.#fill(view, this.#clouds, 0.8);
    this.#clouds.setTransform(new DOMMatrix().translate(90, 40).scale(1.9));
    this.#fill(view, this.#clouds, 0.28);
  }

  /** Two nets that drift through each other glitter where they cross. */
  #drawLight(view, seconds) {
    this.#context.globalCompositeOperation = 'soft-light';
    const sway = Math.sin(seconds * 0.31) * 14;
    const [coarse, fine] = this.#nets;
    coarse.setTransform(new DOMMatrix().translate(seconds * 9, seconds * 5 + sway).scale(1.9));
    fine.setTransform(
      new DOMMatrix()
        .translate(-seconds * 7 + sway, seconds * 8)
        .scale(1.35)
        .rotate(38),
    );
    this.#fill(view, coarse, 0.42);
    this.#fill(view, fine, 0.34);
    this.#context.globalCompositeOperation = 'source-over';
    this.#fill(view, coarse, 0.03);
  }

  #drawShallows(view, rules) {
    const reach = shallows[0] / 2;
    const far = view.left > reach && view.top > reach;
    if (far && view.right < rules.width - reach && view.bottom < rules.height - reach) return;
    this.#context.lineJoin = 'round';
    shallows.forEach((width, step) => {
      this.#stroke(rules, width, `hsla(${172 - step * 1.7}, ${36 - step * 0.6}%, ${35 + step * 2}%, 0.058)`);
    });
  }

  #drawWaterline(rules, seconds) {
    this.#stroke(rules, 22, 'rgba(9, 22, 12, 0.4)');
    this.#stroke(rules, 9, 'rgba(9, 22, 12, 0.5)');
    this.#stroke(rules, 2.5 + Math.sin(seconds) * 0.6, 'rgba(214, 246, 220, 0.28)');
  }

  /** Sunlight from the upper left, in beams that come and go. */
  #drawBeams(seconds) {
    const { width, height } = this.#canvas;
    const context = this.#context;
    const size = Math.max(width, height);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = 'screen';
    for (let beam = 0; beam < 4; beam += 1) {
      const strength = 0.085 + 0.05 * Math.sin(seconds * (0.23 + beam * 0.07) + beam * 2);
      const at = width * (beam * 0.27 - 0.05) + Math.sin(seconds * 0.11 + beam) * size * 0.03;
      const breadth = size * (0.1 + 0.05 * ((beam * 7) % 3));
      const gradient = context.createLinearGradient(at, 0, at + breadth, breadth * 0.45);
      gradient.addColorStop(0, 'rgba(150, 230, 205, 0)');
      gradient.addColorStop(0.5, `rgba(150, 230, 205, ${strength})`);
      gradient.addColorStop(1, 'rgba(150, 230, 205, 0)');
      context.fillStyle = gradient;
      context.fillRect(0, 0, width, height);
    }
    context.globalCompositeOperation = 'source-over';
  }

  #fill({ left, top, right, bottom }, style, alpha = 1) {
    this.#context.globalAlpha = alpha;
    this.#context.fillStyle = style;
    this.#context.fillRect(left, top, right - left, bottom - top);
    this.#context.globalAlpha = 1;
  }

  #stroke(rules, width, colour) {
    this.#context.lineWidth = width;
    this.#context.strokeStyle = colour;
    this.#context.stroke(shorePath(rules));
  }

  #pattern(tile) {
    return this.#context.createPattern(tile, 'repeat');
  }
}
