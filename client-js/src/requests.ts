import type { AbortSignalLike } from './api.js';
import type { NanoError } from './errors.js';
import { Pending } from './pending.js';

interface Waiting {
  readonly route: string;
  readonly answer: Pending<unknown>;
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

  wait(id: number, route: string, timeoutMs: number, signal?: AbortSignalLike): Promise<unknown> {
    const answer = new Pending<unknown>({
      timeoutMs,
      signal,
      late: `${route} was not answered within ${timeoutMs} ms`,
      gaveUp: () => this.#waiting.delete(id),
    });
    this.#waiting.set(id, { route, answer });
    return answer.promise;
  }

  /** Takes the request out. Undefined when there is none: it was given up, or there never was one. */
  take(id: number | bigint): Waiting | undefined {
    if (typeof id === 'bigint') return undefined;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  rejectAll(error: NanoError): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { answer } of all) answer.reject(error);
  }
}
