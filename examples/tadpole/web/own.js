// The visitor's own tadpole: it obeys at once, and is then put right by what the server says.
import { between, bodyOf, swim, wrapped } from './swimming.js';

const historyMs = 2000;
const gapMaxMs = 250;
const correctionPerSecond = 5;
/** Who has rested for so long, here and on the server, is where the server has it. */
const settledMs = 500;
/** Farther off than this it is not corrected but put where the server has it. */
const jumpUnits = 250;

export class OwnTadpole {
  id;
  name;
  body;
  speech = [];
  steering;
  #rules;
  /** Where this page had it: {atMs, body}. */
  #history = [];
  #newest;
  #error = { x: 0, y: 0, heading: 0 };
  #movedAtMs;
  #swamAtMs = -Infinity;

  constructor({ id, name, self, rules }, nowMs) {
    this.id = id;
    this.name = name;
    this.body = bodyOf(self);
    this.steering = { heading: self.heading, thrust: 0 };
    this.#rules = rules;
    this.#newest = self;
    this.#movedAtMs = nowMs;
  }

  /** Swims on to `nowMs`. */
  move(nowMs) {
    const passedMs = nowMs - this.#movedAtMs;
    this.#movedAtMs = nowMs;
    // The page was hidden, and its timers with it.
    if (passedMs > gapMaxMs) return this.#jump();
    swim(this.body, this.steering, this.#rules, passedMs / 1000);
    this.#settle(nowMs);
    this.#correct(1 - Math.exp((-correctionPerSecond * passedMs) / 1000));
    this.#history.push({ atMs: nowMs, body: { ...this.body } });
    while (this.#history[0].atMs < nowMs - historyMs) this.#history.shift();
  }

  /**
   * The server has it at `swimmer`, having obeyed what this page sent until `sentMs`: so that is what the
   * page's own reckoning of that time is compared with. Undefined: where it was, for it did not move.
   */
  heard(swimmer, sentMs) {
    if (swimmer !== undefined) this.#newest = swimmer;
    const reckoned = this.#reckonedAt(sentMs);
    if (reckoned === undefined) return;
    this.#error = difference(bodyOf(this.#newest), reckoned);
    if (Math.hypot(this.#error.x, this.#error.y) > jumpUnits) this.#jump();
  }

  /** After a gap there is no history to compare with, and of a tadpole that rests nothing is heard later. */
  #settle(nowMs) {
    if (this.body.speed > 0 || this.steering.thrust > 0) this.#swamAtMs = nowMs;
    else if (nowMs - this.#swamAtMs > settledMs && this.#newest.speed === 0) {
      this.#error = difference(bodyOf(this.#newest), this.body);
    }
  }

  /** The past is corrected too: what comes next is compared with it. */
  #correct(share) {
    const { x, y, heading } = this.#error;
    for (const body of [this.body, ...this.#history.map((entry) => entry.body)]) {
      body.x += x * share;
      body.y += y * share;
      body.heading = wrapped(body.heading + heading * share);
    }
    this.#error = { x: x * (1 - share), y: y * (1 - share), heading: heading * (1 - share) };
  }

  #reckonedAt(atMs) {
    const after = this.#history.findIndex((entry) => entry.atMs >= atMs);
    if (after <= 0) return undefined;
    const [first, second] = this.#history.slice(after - 1, after + 1);
    return between(first.body, second.body, (atMs - first.atMs) / (second.atMs - first.atMs));
  }

  #jump() {
    this.body = bodyOf(this.#newest);
    this.#history = [];
    this.#error = { x: 0, y: 0, heading: 0 };
  }
}

function difference(body, other) {
  return { x: body.x - other.x, y: body.y - other.y, heading: wrapped(body.heading - other.heading) };
}
