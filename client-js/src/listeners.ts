/**
 * Functions of the application that want to hear of something. One that throws harms neither us nor the
 * others.
 */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => unknown>();

  /** The function returned takes the listener out again. */
  add(listener: (value: T) => unknown): () => void {
    this.#listeners.add(listener);
    return () => this.remove(listener);
  }

  remove(listener: (value: T) => unknown): void {
    this.#listeners.delete(listener);
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /**
   * `what` names the occasion in the report about a listener that throws. Returns a promise for the end of
   * each listener that is asynchronous; none is ever rejected.
   */
  call(value: T, what: string): Promise<unknown>[] {
    const ends: Promise<unknown>[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        const result = listener(value);
        if (result instanceof Promise) ends.push(result.catch((error: unknown) => report(what, error)));
      } catch (error) {
        report(what, error);
      }
    }
    return ends;
  }
}

/** For errors that have no caller to go to. */
export function report(what: string, error: unknown): void {
  console.error(`nano: ${what}:`, error);
}
