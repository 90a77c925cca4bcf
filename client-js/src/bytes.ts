import { ProtocolError } from './errors.js';

const encoder = new TextEncoder();
// A byte order mark is a character like any other here: a route must come back as it was sent.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Malformed sequences become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * Reads values off the front of a byte array; reading past its end is a ProtocolError that names the value.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u8(what: string): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw cutShort(what);
    this.#offset += 1;
    return byte;
  }

  /** Big-endian. */
  u16(what: string): number {
    return this.u8(what) * 256 + this.u8(what);
  }

  /** The next bytes, as a view. */
  take(count: number, what: string): Uint8Array {
    const end = this.#offset + count;
    if (end > this.#bytes.length) throw cutShort(what);
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  /** All that is left, as a view; may be empty. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset);
  }
}

function cutShort(what: string): ProtocolError {
  return new ProtocolError(`a message ends before its ${what} does`);
}
