interface Entry<T> {
  readonly listener: (value: T) => unknown;
  readonly owner: unknown;
}

/**
 * Functions of the application that want to hear of something. One that throws harms neither us nor the
 * others.
 */
export class Listeners<T> {
  readonly #entries = new Set<Entry<T>>();

  /**
   * The function returned takes out just what this call added, even if the same listener was added before.
   * `owner` is what `removeAllOf` knows it by.
   */
  add(listener: Entry<T>['listener'], owner: unknown = listener): () => void {
    const entry = { listener, owner };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  removeAllOf(owner: unknown): void {
    for (const entry of this.#entries) if (entry.owner === owner) this.#entries.delete(entry);
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /**
   * `what` names the occasion in the report about a listener that throws. Returns a promise for the end of
   * each listener that is asynchronous; none is ever rejected.
   */
  call(value: T, what: string): Promise<unknown>[] {
    const ends: Promise<unknown>[] = [];
    for (const { listener } of [...this.#entries]) {
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
