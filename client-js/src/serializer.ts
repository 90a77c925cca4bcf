import { decodeUtf8, encodeUtf8 } from './bytes.js';

/** How bodies become payloads and back. What it throws reaches the caller as the cause of a MessageError. */
export interface Serializer {
  /** `body` is what was given to `request` or `notify`: undefined when nothing was. */
  encode(body: unknown, route: string): Uint8Array;
  /** `payload` may be a view of a larger buffer. A response has the route of its request. */
  decode(payload: Uint8Array, route: string, kind: 'response' | 'push'): unknown;
}

/**
 * JSON in UTF-8, the default. No body is sent as `{}`; an empty payload is read as undefined. Bytes are
 * refused: JSON would make objects with a member for each byte of them.
 */
export const jsonSerializer: Serializer = {
  encode(body) {
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
      throw new TypeError('raw bytes go through rawSerializer, per route with byRoute');
    }
    const text = JSON.stringify(body === undefined ? {} : body) as string | undefined;
    if (text === undefined) throw new TypeError(`JSON has no form for a ${typeof body}`);
    return encodeUtf8(text);
  },
  decode(payload) {
    return payload.length === 0 ? undefined : (JSON.parse(decodeUtf8(payload)) as unknown);
  },
};

/** Bytes as they are: bodies are Uint8Array. */
export const rawSerializer: Serializer = {
  encode(body) {
    if (body === undefined) return new Uint8Array(0);
    if (!(body instanceof Uint8Array)) throw new TypeError('a raw body is a Uint8Array');
    return body;
  },
  decode(payload) {
    return payload.slice();
  },
};

/** A serializer for each of these routes, of handlers and pushes alike, and one for all others. */
export function byRoute(
  serializers: { readonly [route: string]: Serializer },
  others: Serializer = jsonSerializer,
): Serializer {
  const byName = new Map(Object.entries(serializers));
  const of = (route: string): Serializer => byName.get(route) ?? others;
  return {
    encode: (body, route) => of(route).encode(body, route),
    decode: (payload, route, kind) => of(route).decode(payload, route, kind),
  };
}
