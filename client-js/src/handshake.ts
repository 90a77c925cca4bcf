import { decodeUtf8, encodeUtf8 } from './bytes.js';
import { RouteDictionary } from './dictionary.js';
import { HandshakeError, MessageError, ProtocolError } from './errors.js';

/** What the server says about the connection that it accepts. */
export interface Handshake {
  /** 0: the server sends no heartbeats. */
  readonly heartbeatMs: number;
  readonly dictionary: RouteDictionary;
  readonly user: unknown;
}

/** Throws a MessageError if JSON has no form for `user`. */
export function encodeHandshake(user: unknown): Uint8Array {
  // Under this name and version servers in the field know clients that speak over WebSocket in JSON.
  const sys = { type: 'js-websocket', version: '1.1.1' };
  try {
    return encodeUtf8(JSON.stringify({ sys, user: user ?? {} }));
  } catch (cause) {
    throw new MessageError('the option user could not be encoded', { cause });
  }
}

/** Throws a HandshakeError if the server refused, a ProtocolError if the reply makes no sense. */
export function decodeHandshake(body: Uint8Array): Handshake {
  const reply = parseObject(body);
  const { code, message, user } = reply;
  if (typeof code !== 'number') throw new ProtocolError('the handshake reply has no code');
  if (code !== 200) throw new HandshakeError(code, typeof message === 'string' ? message : '', user);
  const sys = isObject(reply['sys']) ? reply['sys'] : {};
  return {
    heartbeatMs: heartbeatMs(sys['heartbeat']),
    dictionary: new RouteDictionary(dictionaryEntries(sys['dict'])),
    user,
  };
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(body));
  } catch (cause) {
    throw new ProtocolError('the handshake reply is not JSON', { cause });
  }
  if (!isObject(value)) throw new ProtocolError('the handshake reply is not an object');
  return value;
}

function heartbeatMs(seconds: unknown): number {
  if (seconds === undefined || seconds === null) return 0;
  if (typeof seconds !== 'number' || !(seconds >= 0)) {
    throw new ProtocolError('the heartbeat in the handshake reply is not a number of seconds');
  }
  return seconds * 1000;
}

function dictionaryEntries(dict: unknown): [string, number][] {
  if (dict === undefined || dict === null) return [];
  if (!isObject(dict)) throw new ProtocolError('the route dictionary is not an object');
  return Object.entries(dict).map(([route, code]) => {
    if (!Number.isInteger(code) || (code as number) < 0 || (code as number) > 0xffff) {
      throw new ProtocolError(`the route dictionary's code for ${route} is not a number of 16 bits`);
    }
    return [route, code as number];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
