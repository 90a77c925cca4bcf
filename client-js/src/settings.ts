import { NanoError } from './errors.js';
import type { ConnectOptions, WebSocketConstructor } from './options.js';
import { jsonSerializer, type Serializer } from './serializer.js';

/** The options with every default filled in. */
export interface Settings {
  readonly user: unknown;
  readonly handshakeTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly reconnect: {
    readonly minDelayMs: number;
    readonly maxDelayMs: number;
    readonly attempts: number;
  } | null;
  readonly queueNotifies: { readonly max: number; readonly bytesMax: number } | null;
  readonly webSocket: WebSocketConstructor;
  readonly serializer: Serializer;
  readonly inflatedBytesMax: number;
}

export function settle(options: ConnectOptions): Settings {
  const platformWebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  const webSocket = options.webSocket ?? platformWebSocket;
  if (webSocket === undefined) {
    throw new NanoError('this platform has no WebSocket: give a constructor as option webSocket');
  }
  const reconnect = options.reconnect === true ? {} : options.reconnect || null;
  const queue = options.queueNotifies === true ? {} : options.queueNotifies || null;
  return {
    user: options.user,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    reconnect: reconnect && {
      minDelayMs: reconnect.minDelayMs ?? 500,
      maxDelayMs: reconnect.maxDelayMs ?? 15_000,
      attempts: reconnect.attempts ?? Infinity,
    },
    queueNotifies: queue && { max: queue.max ?? 100, bytesMax: queue.bytesMax ?? 65_536 },
    webSocket,
    serializer: options.serializer ?? jsonSerializer,
    inflatedBytesMax: options.inflatedBytesMax ?? 2 ** 20,
  };
}

/**
 * The delay before try number `attempt` (from 1): exponential, and somewhere in the upper half of its range
 * at random, so that the clients of a server that restarts don't come back all at once.
 */
export function reconnectDelayMs(
  attempt: number,
  limits: { readonly minDelayMs: number; readonly maxDelayMs: number },
  random: () => number = Math.random,
): number {
  const full = Math.min(limits.maxDelayMs, limits.minDelayMs * 2 ** (attempt - 1));
  return full * (0.5 + 0.5 * random());
}
