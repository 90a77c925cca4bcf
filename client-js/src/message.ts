import { ByteReader, decodeUtf8, encodeUtf8 } from './bytes.js';
import type { RouteDictionary } from './dictionary.js';
import { MessageError, ProtocolError } from './errors.js';

export const MessageType = { request: 0, notify: 1, response: 2, push: 3 } as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** The content of a data packet. */
export interface Message {
  readonly type: MessageType;
  /** Of requests and responses, else 0. A bigint only from 2^53 on, where a number is no longer exact. */
  readonly id: number | bigint;
  /** Empty for responses. */
  readonly route: string;
  readonly payload: Uint8Array;
  /** Whether the payload is marked as compressed. */
  readonly isDeflated: boolean;
  /** Whether this is a response that says the request failed. */
  readonly isError: boolean;
}

const compressedRouteFlag = 0x01;
const deflatedPayloadFlag = 0x10;
const errorFlag = 0x20;
const maxRouteBytes = 255;

export function encodeMessage(
  type: MessageType,
  id: number | bigint,
  route: string,
  payload: Uint8Array,
  dictionary: RouteDictionary,
): Uint8Array {
  const code = hasRoute(type) ? dictionary.codeOf(route) : undefined;
  const head = [(type << 1) | (code === undefined ? 0 : compressedRouteFlag)];
  if (hasId(type)) appendId(head, id);
  if (code !== undefined) head.push(code >> 8, code & 0xff);
  else if (hasRoute(type)) appendRoute(head, route);

  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/** The message in a data packet's body; its payload is a view of that body. */
export function decodeMessage(body: Uint8Array, dictionary: RouteDictionary): Message {
  const reader = new ByteReader(body);
  const flag = reader.u8('flag');
  const type = (flag >> 1) & 7;
  if (!isMessageType(type)) throw new ProtocolError(`there is no message type ${type}`);
  const id = hasId(type) ? readId(reader) : 0;
  const route = hasRoute(type) ? readRoute(reader, (flag & compressedRouteFlag) !== 0, dictionary) : '';
  const isDeflated = (flag & deflatedPayloadFlag) !== 0;
  const isError = type === MessageType.response && (flag & errorFlag) !== 0;
  return { type, id, route, payload: reader.rest(), isDeflated, isError };
}

function isMessageType(type: number): type is MessageType {
  return type <= MessageType.push;
}

function hasId(type: MessageType): boolean {
  return type === MessageType.request || type === MessageType.response;
}

function hasRoute(type: MessageType): boolean {
  return type !== MessageType.response;
}

function appendId(out: number[], id: number | bigint): void {
  let left = BigInt(id);
  for (; left >= 0x80n; left >>= 7n) out.push(Number(left & 0x7fn) | 0x80);
  out.push(Number(left));
}

function appendRoute(out: number[], route: string): void {
  const bytes = encodeUtf8(route);
  if (bytes.length > maxRouteBytes) {
    throw new MessageError(`a route has at most ${maxRouteBytes} bytes, not ${bytes.length}`);
  }
  out.push(bytes.length, ...bytes);
}

function readId(reader: ByteReader): number | bigint {
  // Bit operations on numbers stop at 32 bits; sums of two halves stay exact.
  let low = 0; // 7 groups of 7 bits
  let high = 0; // the 3 groups above them, of which 15 bits make up the 64
  for (let group = 0; group < 10; group += 1) {
    const byte = reader.u8('id');
    if (group < 7) low += (byte & 0x7f) * 2 ** (7 * group);
    else high += (byte & 0x7f) * 2 ** (7 * (group - 7));
    if (byte >= 0x80) continue;
    if (high >= 2 ** 15) break;
    return high < 2 ** 4 ? high * 2 ** 49 + low : (BigInt(high) << 49n) | BigInt(low);
  }
  throw new ProtocolError('a message id has more than 64 bits');
}

function readRoute(reader: ByteReader, compressed: boolean, dictionary: RouteDictionary): string {
  if (!compressed) return decodeUtf8(reader.take(reader.u8('route'), 'route'));
  const code = reader.u16('route code');
  const route = dictionary.routeOf(code);
  if (route === undefined) throw new ProtocolError(`route code ${code} is not in the dictionary`);
  return route;
}
