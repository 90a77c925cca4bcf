/** Longer delays would overflow the platform's timer and fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** One alarm that can be set anew; it rings once. A delay that is not above 0, or infinite, never rings. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  set(delayMs: number, ring: () => void): void {
    this.clear();
    if (!(delayMs > 0) || delayMs === Infinity) return;
    this.#handle = setTimeout(ring, Math.min(delayMs, maxDelayMs));
  }

  clear(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }
}
