import type { RouteDictionary } from './dictionary.js';
import { MessageError } from './errors.js';
import { encodeMessage, type MessageType } from './message.js';
import { encodePacket, PacketType } from './packet.js';
import type { Serializer } from './serializer.js';

/** A message, ready to be sent. Throws a MessageError for a body, a route or a whole that can't be sent. */
export function dataPacket(
  type: MessageType,
  id: number,
  route: string,
  body: unknown,
  serializer: Serializer,
  dictionary: RouteDictionary,
): Uint8Array {
  let payload: Uint8Array;
  try {
    payload = serializer.encode(body, route);
  } catch (cause) {
    throw new MessageError(`the body for ${route} could not be encoded`, { cause });
  }
  return encodePacket(PacketType.data, encodeMessage(type, id, route, payload, dictionary));
}
