// The pond before one has entered: a few tadpoles of no one's, so that the first look is at life.
import { seeded } from './random.js';
import { bodyOf, clamp, swim } from './swimming.js';

const count = 9;
const rules = { width: 10000, height: 7000, tick_hz: 20, speed_max: 170, acceleration: 120, turn: 1100 };
/** A corner of the pond with some water lilies. */
const centre = { x: 3910, y: 2440, heading: 0, speed: 0 };
const roamUnits = 420;
const seconds = 1 / 60;

export class Drift {
  rules = rules;
  followed = centre;
  own = null;
  tadpoles;
  #random = seeded(2024);
  #movedAtMs = 0;

  constructor() {
    this.tadpoles = Array.from({ length: count }, (_, index) => this.#tadpole(index));
  }

  show(nowMs) {
    const steps = clamp(Math.round((nowMs - this.#movedAtMs) / 1000 / seconds), 0, 6);
    this.#movedAtMs = nowMs;
    for (let step = 0; step < steps; step += 1) {
      for (const tadpole of this.tadpoles) this.#wander(tadpole);
    }
  }

  #tadpole(index) {
    const place = (middle) => Math.round(middle + (this.#random() - 0.5) * roamUnits * 2);
    const heading = Math.round((this.#random() - 0.5) * 6283);
    const body = bodyOf({ x: place(centre.x), y: place(centre.y), heading, speed: 40 });
    return { id: -index, name: '', body, speech: [], steering: { heading, thrust: 40 } };
  }

  /** Every few seconds it thinks of something else; far out, of home. */
  #wander({ body, steering }) {
    if (this.#random() < seconds / 2.5) {
      const home = Math.atan2(centre.y - body.y, centre.x - body.x);
      const far = Math.hypot(centre.x - body.x, centre.y - body.y) > roamUnits;
      const aim = far ? home + this.#random() - 0.5 : body.heading + (this.#random() - 0.5) * 3;
      steering.heading = aim * 1000;
      steering.thrust = this.#random() < 0.25 ? 0 : 25 + this.#random() * 60;
    }
    swim(body, steering, rules, seconds);
  }
}
