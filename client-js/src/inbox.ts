import { NanoError, ProtocolError } from './errors.js';
import { maxBodyBytes, type Packet } from './packet.js';

/** What may wait while a payload is inflated: room for two packets of the largest size. */
const waitingBytesMax = 2 * maxBodyBytes;

/** Counts for each packet beside its body, so that many empty ones are bounded, too. */
const packetBytes = 64;

/** Packets of the server, and the error that ended their stream, are handled here one after the other. */
export class Inbox {
  readonly #handle: (item: Packet | NanoError) => void | Promise<void>;
  #items: (Packet | NanoError)[] = [];
  #waitingBytes = 0;
  #draining = false;

  /** `handle` never throws, and a promise of its is never rejected. */
  constructor(handle: (item: Packet | NanoError) => void | Promise<void>) {
    this.#handle = handle;
  }

  put(packet: Packet): void {
    this.#items.push(packet);
    this.#waitingBytes += packet.body.length + packetBytes;
  }

  /** Comes after all packets. */
  putEnd(error: NanoError): void {
    this.#items.push(error);
  }

  /** Throws a ProtocolError when packets pile up behind one that takes its time. */
  checkRoom(): void {
    if (this.#draining && this.#waitingBytes > waitingBytesMax) {
      throw new ProtocolError(`over ${waitingBytesMax} bytes came while a payload was being inflated`);
    }
  }

  clear(): void {
    this.#items = [];
  }

  async drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    for (let next = this.#items.shift(); next !== undefined; next = this.#items.shift()) {
      if (!(next instanceof NanoError)) this.#waitingBytes -= next.body.length + packetBytes;
      // Code that awaits a response shall run before the listeners of pushes that were sent after it.
      await this.#handle(next);
    }
    this.#draining = false;
  }
}
