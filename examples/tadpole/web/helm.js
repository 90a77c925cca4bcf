// Sends the steering to the server: only when it changed, and not more often than the server needs.

const intervalMs = 50;
const headingStep = 25;
const thrustStep = 4;

export class Helm {
  #send;
  #sent;
  #sentAtMs = -Infinity;

  /** `steering` is what the server has now. `send({heading, thrust})` returns whether that went out. */
  constructor(steering, send) {
    this.#sent = steering;
    this.#send = send;
  }

  /** Returns what the server knows now, so that the own tadpole obeys just that. */
  steer(wanted, nowMs) {
    if (this.#isNews(wanted) && nowMs - this.#sentAtMs >= intervalMs && this.#send(wanted)) {
      this.#sent = wanted;
      this.#sentAtMs = nowMs;
    }
    return this.#sent;
  }

  /** The same, but rests, and sends that without waiting for its turn: nobody may call again for long. */
  rest(nowMs) {
    this.#sentAtMs = -Infinity;
    return this.steer({ ...this.#sent, thrust: 0 }, nowMs);
  }

  #isNews({ heading, thrust }) {
    const sent = this.#sent;
    if ((thrust === 0) !== (sent.thrust === 0)) return true;
    if (thrust === 0) return false;
    return Math.abs(heading - sent.heading) >= headingStep || Math.abs(thrust - sent.thrust) >= thrustStep;
  }
}
