// What this page knows of the pond: fed by the server's pushes, read by what draws.
import { TickClock } from './clock.js';
import { OwnTadpole } from './own.js';
import { Tadpole } from './tadpole.js';

const delayMinMs = 110;
const delayTicksMin = 2.2;
const speechMax = 3;

export class World {
  /** Null until the server has let this page in. */
  own = null;
  rules = null;
  /** The others in view, by id. */
  others = new Map();
  #clock = null;
  #heardTick = 0;

  /** For a new connection: nothing of the old one holds. Pushes may come before enter(). */
  clear() {
    this.own = null;
    this.rules = null;
    this.others.clear();
    this.#clock = null;
    this.#heardTick = 0;
  }

  enter(reply, nowMs) {
    this.rules = reply.rules;
    this.own = new OwnTadpole(reply, nowMs);
    this.#clock = new TickClock(reply.rules.tick_hz, reply.tick, nowMs);
    this.#heardTick = Math.max(this.#heardTick, reply.tick);
  }

  viewChanged({ tick, came, gone }, nowMs) {
    this.#heard(tick, nowMs);
    for (const id of gone) this.others.delete(id);
    for (const { swimmer, name } of came) this.others.set(swimmer.id, new Tadpole(swimmer, name, tick));
  }

  /** `roundTripMs`: how long it takes until the server's answer to something sent is here. */
  moved({ tick, moved }, nowMs, roundTripMs) {
    this.#heard(tick, nowMs);
    let ownSwimmer;
    for (const swimmer of moved) {
      if (swimmer.id === this.own?.id) ownSwimmer = swimmer;
      else this.others.get(swimmer.id)?.heard(swimmer, tick);
    }
    if (this.own === null) return;
    this.own.move(nowMs);
    this.own.heard(ownSwimmer, this.#clock.arrivalMs(tick) - roundTripMs);
  }

  /** The speaker, unless it is out of view. */
  said({ id, text }, nowMs) {
    const speaker = id === this.own?.id ? this.own : this.others.get(id);
    if (speaker === undefined) return undefined;
    speaker.speech.push({ text, atMs: nowMs });
    if (speaker.speech.length > speechMax) speaker.speech.shift();
    return speaker;
  }

  /** Puts every tadpole where it is to be drawn now. */
  show(nowMs) {
    if (this.own === null) return;
    const { tick_hz: tickHz } = this.rules;
    const delayTicks = Math.max(delayTicksMin, (delayMinMs * tickHz) / 1000);
    const tick = this.#clock.shown(delayTicks, nowMs);
    for (const other of this.others.values()) other.show(tick, this.#heardTick, this.rules);
    this.own.move(nowMs);
  }

  #heard(tick, nowMs) {
    this.#heardTick = Math.max(this.#heardTick, tick);
    this.#clock?.heard(tick, nowMs);
  }
}
