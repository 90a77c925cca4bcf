import type { AbortSignalLike } from './api.js';
import { TimeoutError } from './errors.js';
import { Timer } from './timer.js';

/** When to stop waiting. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal: AbortSignalLike | undefined;
  /** The sentence of the TimeoutError. */
  readonly late: string;
  /** Called when the time is up or the signal aborts, before the promise is rejected. */
  gaveUp(): void;
}

/** A promise that is settled from outside, once, unless its time is up or its signal aborts before. */
export class Pending<T> {
  readonly promise: Promise<T>;
  readonly #timer = new Timer();
  readonly #signal: AbortSignalLike | undefined;
  readonly #onAbort: () => void;
  #settle!: { resolve(value: T): void; reject(error: unknown): void };

  constructor({ timeoutMs, signal, late, gaveUp }: Patience) {
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const giveUp = (error: unknown): void => {
      gaveUp();
      this.reject(error);
    };
    this.#onAbort = () => giveUp(signal?.reason);
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
    this.#timer.set(timeoutMs, () => giveUp(new TimeoutError(late)));
  }

  resolve(value: T): void {
    this.#stopWaiting();
    this.#settle.resolve(value);
  }

  reject(error: unknown): void {
    this.#stopWaiting();
    this.#settle.reject(error);
  }

  #stopWaiting(): void {
    this.#timer.clear();
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
