import { TimeoutError, type NanoError } from './errors.js';
import { Timer } from './timer.js';

interface Waiting {
  readonly route: string;
  readonly timer: Timer;
  resolve(body: unknown): void;
  reject(error: unknown): void;
}

/** Browser clients of this protocol reckon with 32 bits and a sign; servers made for them expect no more. */
const maxId = 2 ** 31 - 1;

/** The requests of one connection that have no answer yet. */
export class Requests {
  readonly #waiting = new Map<number, Waiting>();
  #lastId: number;

  constructor(lastId = 0) {
    this.#lastId = lastId;
  }

  /** An id that no waiting request has. */
  nextId(): number {
    do this.#lastId = this.#lastId >= maxId ? 1 : this.#lastId + 1;
    while (this.#waiting.has(this.#lastId));
    return this.#lastId;
  }

  wait(id: number, route: string, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = new Timer();
      this.#waiting.set(id, { route, timer, resolve, reject });
      timer.set(timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new TimeoutError(`${route} was not answered within ${timeoutMs} ms`));
      });
    });
  }

  /** Takes the request out. Undefined when there is none: its time was up, or there never was one. */
  take(id: number | bigint): Waiting | undefined {
    if (typeof id === 'bigint') return undefined;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.timer.clear();
    return waiting;
  }

  rejectAll(error: NanoError): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of all) {
      waiting.timer.clear();
      waiting.reject(error);
    }
  }
}
