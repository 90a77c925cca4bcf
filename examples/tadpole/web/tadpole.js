// One of the other tadpoles, as the server's snapshots tell of it.
import { between, bodyOf } from './swimming.js';

const samplesMax = 64;
/** How long one whose snapshots are late is assumed to swim on as it did. */
const assumedTicks = 3;

export class Tadpole {
  id;
  name;
  /** Where it is drawn: {x, y, heading, speed}. */
  body;
  /** What it has said: {text, atMs}, the newest last. */
  speech = [];
  /** In ascending order of ticks. */
  #samples;

  constructor(swimmer, name, tick) {
    this.id = swimmer.id;
    this.name = name;
    this.body = bodyOf(swimmer);
    this.#samples = [{ tick, body: bodyOf(swimmer) }];
  }

  heard(swimmer, tick) {
    const last = this.#samples.at(-1);
    if (tick <= last.tick) return;
    // It was in no snapshot between: it rested until one tick ago.
    if (tick - last.tick > 1) this.#samples.push({ tick: tick - 1, body: last.body });
    this.#samples.push({ tick, body: bodyOf(swimmer) });
    if (this.#samples.length > samplesMax) this.#samples.splice(0, this.#samples.length - samplesMax);
  }

  /** Puts it where it was in `tick`; `heardTick` is the newest snapshot, with it or without it. */
  show(tick, heardTick, rules) {
    const samples = this.#samples;
    while (samples.length > 1 && samples[1].tick <= tick) samples.shift();
    const [first, second] = samples;
    if (second !== undefined && tick > first.tick) {
      this.body = between(first.body, second.body, (tick - first.tick) / (second.tick - first.tick));
    } else {
      this.body = this.#beyond(first, tick, heardTick, rules);
    }
  }

  #beyond({ tick: lastTick, body }, tick, heardTick, rules) {
    const rests = heardTick > lastTick;
    const ticks = Math.min(assumedTicks, tick - lastTick);
    if (rests || ticks <= 0) return { ...body, speed: rests ? 0 : body.speed };
    const way = (body.speed * ticks) / rules.tick_hz;
    return { ...body, x: body.x + Math.cos(body.heading) * way, y: body.y + Math.sin(body.heading) * way };
  }
}
