import { MessageError, ProtocolError } from './errors.js';

export const PacketType = { handshake: 1, handshakeAck: 2, heartbeat: 3, data: 4, kick: 5 } as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

export interface Packet {
  readonly type: PacketType;
  /** May be a view of the chunk that the packet came in. */
  readonly body: Uint8Array;
}

/** What the 3 bytes of a packet's length can say. */
export const maxBodyBytes = 0xffffff;

const headerBytes = 4;
const empty = new Uint8Array(0);

export function encodePacket(type: PacketType, body: Uint8Array = empty): Uint8Array {
  const length = body.length;
  if (length > maxBodyBytes)
    throw new MessageError(`a packet holds at most ${maxBodyBytes} bytes, not ${length}`);
  const packet = new Uint8Array(headerBytes + length);
  packet.set([type, length >>> 16, (length >>> 8) & 0xff, length & 0xff]);
  packet.set(body, headerBytes);
  return packet;
}

/** Cuts a byte stream into packets, however the stream was split on its way. */
export class PacketDecoder {
  readonly #limit: number;
  readonly #header = new Uint8Array(headerBytes);
  #headerFilled = 0;
  /** The body of a packet whose header is complete, when it did not lie whole in one chunk. */
  #body: Uint8Array | null = null;
  #bodyFilled = 0;

  constructor(bodyLimitBytes: number = maxBodyBytes) {
    this.#limit = bodyLimitBytes;
  }

  /**
   * Yields the packets that this chunk completes, then throws a ProtocolError if what follows them cannot be
   * a packet. After that error, or if the caller stops in the middle of a chunk, the decoder is of no more
   * use.
   */
  *feed(chunk: Uint8Array): Generator<Packet, void, undefined> {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#body === null) {
        offset += this.#fillHeader(chunk.subarray(offset));
        if (this.#headerFilled < headerBytes) return;
        const length = this.#bodyLength();
        if (chunk.length - offset >= length) {
          yield this.#finish(chunk.subarray(offset, offset + length));
          offset += length;
          continue;
        }
        this.#body = new Uint8Array(length);
        this.#bodyFilled = 0;
      }
      const part = chunk.subarray(offset, offset + this.#body.length - this.#bodyFilled);
      this.#body.set(part, this.#bodyFilled);
      this.#bodyFilled += part.length;
      offset += part.length;
      if (this.#bodyFilled === this.#body.length) yield this.#finish(this.#body);
    }
  }

  #fillHeader(chunk: Uint8Array): number {
    const part = chunk.subarray(0, headerBytes - this.#headerFilled);
    this.#header.set(part, this.#headerFilled);
    this.#headerFilled += part.length;
    if (!isPacketType(this.#header[0])) {
      throw new ProtocolError(`there is no packet type ${this.#header[0]}`);
    }
    return part.length;
  }

  #bodyLength(): number {
    const [, high = 0, middle = 0, low = 0] = this.#header;
    const length = high * 65536 + middle * 256 + low;
    if (length > this.#limit) {
      throw new ProtocolError(`a packet of ${length} bytes is over the limit of ${this.#limit}`);
    }
    return length;
  }

  #finish(body: Uint8Array): Packet {
    this.#headerFilled = 0;
    this.#body = null;
    return { type: this.#header[0] as PacketType, body };
  }
}

function isPacketType(type: number | undefined): type is PacketType {
  return type !== undefined && type >= PacketType.handshake && type <= PacketType.kick;
}
