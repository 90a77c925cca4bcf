import type { PushesOptions } from './api.js';
import { numberOf } from './checks.js';
import { NanoError } from './errors.js';

interface Taker<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

const defaultMax = 1024;

/** Pushes between the connection, which brings them, and a `for await` loop, which takes them. */
export class PushIterator<T> implements AsyncIterableIterator<T> {
  readonly #route: string;
  readonly #max: number;
  readonly #signal: PushesOptions['signal'];
  readonly #unsubscribe: () => void;
  readonly #onAbort = (): void => {
    this.#items = [];
    this.#end({ error: this.#signal?.reason });
  };
  #items: T[] = [];
  /** Calls of `next` that found nothing. */
  #takers: Taker<T>[] = [];
  #ended = false;
  /** What the loop has still to be told, after the items. */
  #failure: { error: unknown } | undefined;

  /** `subscribe` is called at once; the function it returns, once, when no more pushes are wanted. */
  constructor(route: string, options: PushesOptions, subscribe: (iterator: PushIterator<T>) => () => void) {
    this.#route = route;
    this.#max = numberOf(options, 'max', defaultMax);
    this.#signal = options.signal;
    this.#unsubscribe = subscribe(this);
    if (this.#signal?.aborted) this.#onAbort();
    else this.#signal?.addEventListener('abort', this.#onAbort);
  }

  push(item: T): void {
    if (this.#ended) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) return taker.resolve({ value: item, done: false });
    if (this.#items.length < this.#max) this.#items.push(item);
    else this.#end({ error: new NanoError(`more than ${this.#max} pushes of ${this.#route} waited`) });
  }

  /** No more will come. What waits can still be taken. */
  end(): void {
    this.#end(undefined);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#items.length > 0) return Promise.resolve({ value: this.#items.shift() as T, done: false });
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
  }

  /** The loop was left. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#items = [];
    this.#failure = undefined;
    this.#end(undefined);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(failure: { error: unknown } | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unsubscribe();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const [first, ...others] = this.#takers.splice(0);
    if (failure === undefined) first?.resolve({ value: undefined, done: true });
    else if (first !== undefined) first.reject(failure.error);
    else this.#failure = failure;
    for (const taker of others) taker.resolve({ value: undefined, done: true });
  }
}
