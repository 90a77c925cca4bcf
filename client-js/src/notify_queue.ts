/** Packets of notifies that were made while there was no connection, in the order made. */
export class NotifyQueue {
  readonly #max: number;
  readonly #bytesMax: number;
  #packets: Uint8Array[] = [];
  #bytes = 0;

  constructor(limits: { readonly max: number; readonly bytesMax: number }) {
    this.#max = limits.max;
    this.#bytesMax = limits.bytesMax;
  }

  /** False when there is no room. */
  add(packet: Uint8Array): boolean {
    if (this.#packets.length >= this.#max || this.#bytes + packet.length > this.#bytesMax) return false;
    this.#packets.push(packet);
    this.#bytes += packet.length;
    return true;
  }

  takeAll(): Uint8Array[] {
    this.#bytes = 0;
    return this.#packets.splice(0);
  }
}
