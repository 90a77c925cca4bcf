// Draws the pond as it is now. The order is the water's: ground, tadpoles, surface, and what is said.
import { Bank } from './bank.js';
import { Camera } from './camera.js';
import { Creatures } from './creature.js';
import { Labels } from './labels.js';
import { Motes } from './motes.js';
import { Scenery } from './scenery.js';
import { Water } from './water.js';

/** More pixels than this cost much and show nothing. */
const pixelRatioMax = 2;
const tadpoleUnits = 60;
/** Over so many frames it is judged whether drawing is slow: frames longer than this, on average. */
const framesJudged = 45;
const slowFrameS = 1 / 42;

export class Scene {
  camera = new Camera();
  #canvas;
  #context;
  #water;
  #motes;
  #labels = new Labels();
  #creatures = new Creatures();
  #still = matchMedia('(prefers-reduced-motion: reduce)');
  #pixelRatio = 1;
  #rules = null;
  #frames = 0;
  #framesS = 0;
  #scenery;
  #bank;

  constructor(canvas, waterCanvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#water = new Water(waterCanvas, this.#still);
    this.#motes = new Motes(this.#still);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  /** Draws these tadpoles; the camera follows `followed`, and `own`, when it is not null, is marked. */
  draw({ rules, tadpoles, own, followed }, nowMs, seconds) {
    this.#settleIn(rules);
    // Moved to another screen, or zoomed.
    if (this.#pixelRatio !== Math.min(pixelRatioMax, devicePixelRatio)) this.#resize();
    const timeS = nowMs / 1000;
    const camera = this.camera;
    camera.follow(followed, rules, seconds);
    this.#water.draw(camera, rules, timeS);

    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    camera.apply(context, this.#pixelRatio);
    this.#scenery.drawGround(context, camera, timeS);
    const seen = tadpoles.filter(({ body }) => camera.sees(body, tadpoleUnits));
    this.#motes.drawBubbles(context, timeS);
    for (const tadpole of seen) {
      const effort = this.#creatures.draw(context, tadpole, tadpole === own, rules.speed_max, seconds);
      this.#motes.trail(tadpole.body, effort, timeS, seconds);
    }
    this.#scenery.drawSurface(context, camera, timeS);
    this.#bank.draw(context, camera, timeS);
    context.setTransform(this.#pixelRatio, 0, 0, this.#pixelRatio, 0, 0);
    this.#motes.draw(context, camera, rules, timeS);
    this.#drawLabels(seen, own, nowMs);
    this.#judge(seconds);
  }

  /** Frames that come too seldom cost more than fine water is worth. */
  #judge(seconds) {
    this.#frames += 1;
    this.#framesS += seconds;
    if (this.#frames < framesJudged) return;
    if (this.#framesS > framesJudged * slowFrameS) this.#water.coarsen();
    this.#frames = 0;
    this.#framesS = 0;
  }

  #drawLabels(seen, own, nowMs) {
    const { scale, width } = this.camera;
    this.#labels.beginFrame();
    for (const tadpole of seen) {
      const place = this.camera.toPage(tadpole.body);
      this.#labels.drawName(this.#context, tadpole.name, tadpole === own, place, scale);
    }
    for (const { body, speech } of seen) {
      if (speech.length === 0) continue;
      this.#labels.drawSpeech(this.#context, speech, this.camera.toPage(body), scale, width, nowMs);
    }
  }

  #settleIn(rules) {
    if (this.#rules?.width === rules.width && this.#rules.height === rules.height) return;
    this.#rules = rules;
    this.#scenery = new Scenery(rules, this.#still);
    this.#bank = new Bank(rules, this.#still);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#pixelRatio = Math.min(pixelRatioMax, devicePixelRatio);
    this.#canvas.width = Math.round(width * this.#pixelRatio);
    this.#canvas.height = Math.round(height * this.#pixelRatio);
    this.camera.resize(width, height);
    this.#water.resize(width, height);
    this.#motes.resize(width, height);
    this.#labels.resize(this.#pixelRatio);
  }
}
