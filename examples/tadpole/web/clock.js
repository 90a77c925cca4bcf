// The server's time, counted in its ticks, reckoned from the tick numbers that arrive.

const towardEarlier = 0.3;
const towardLater = 0.01;
const jumpTicks = 20;
const catchUpPerSecond = 2;

/**
 * A push arrives some time after its tick, and now and then much later; never earlier. So the clock follows
 * the earliest arrivals quickly and the late ones hardly at all.
 */
export class TickClock {
  #tickHz;
  /** Server ticks minus local time in ticks. */
  #offset;
  #shownTick;
  #shownAtMs;

  constructor(tickHz, tick, nowMs) {
    this.#tickHz = tickHz;
    this.#offset = tick - this.#ticks(nowMs);
    this.#shownTick = tick;
    this.#shownAtMs = nowMs;
  }

  /** Tells of the arrival of something that left the server in `tick`. */
  heard(tick, nowMs) {
    const ahead = tick - this.#ticks(nowMs) - this.#offset;
    if (Math.abs(ahead) > jumpTicks) this.#offset += ahead;
    else this.#offset += ahead * (ahead > 0 ? towardEarlier : towardLater);
  }

  /** When something that left the server in `tick` arrives, unless it is held up. */
  arrivalMs(tick) {
    return ((tick - this.#offset) * 1000) / this.#tickHz;
  }

  /**
   * The tick, with its fraction, that is to be shown `delayTicks` behind the newest. Runs on evenly: where
   * the clock is put right, what is shown speeds up or slows down a little instead of jumping.
   */
  shown(delayTicks, nowMs) {
    const wanted = this.#ticks(nowMs) + this.#offset - delayTicks;
    const passed = this.#ticks(nowMs - this.#shownAtMs);
    const behind = wanted - (this.#shownTick + passed);
    const correction = behind * Math.min(1, (catchUpPerSecond * passed) / this.#tickHz);
    this.#shownTick = Math.abs(behind) > jumpTicks ? wanted : this.#shownTick + passed + correction;
    this.#shownAtMs = nowMs;
    return this.#shownTick;
  }

  #ticks(ms) {
    return (ms * this.#tickHz) / 1000;
  }
}
