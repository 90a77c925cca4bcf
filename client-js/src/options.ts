import { NanoError } from './errors.js';
import { jsonSerializer, type Serializer } from './serializer.js';

/** The part of a WebSocket that the client uses: the browser's, or that of npm's `ws` on Node. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: Uint8Array): void;
  close(): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketLike;

export interface ReconnectOptions {
  /** Delay before the first try, doubled with each that fails. Default 500. */
  minDelayMs?: number | undefined;
  /** Where the doubling ends. Default 15000. */
  maxDelayMs?: number | undefined;
  /** Tries in a row before giving up. Default Infinity. */
  attempts?: number | undefined;
}

export interface ConnectOptions {
  /** Sent with the handshake, as a token that the server checks. */
  user?: unknown;
  /** For connecting and the handshake together. Default 10000; 0 or Infinity: no limit. */
  handshakeTimeoutMs?: number | undefined;
  /** For requests that don't say otherwise. Default 10000; 0 or Infinity: no limit. */
  requestTimeoutMs?: number | undefined;
  /** Whether to connect again when a connection is lost. Default false. */
  reconnect?: boolean | ReconnectOptions | undefined;
  /** Needed only where the platform has no WebSocket, as Node before version 22. */
  webSocket?: WebSocketConstructor | undefined;
  /** Default: JSON. */
  serializer?: Serializer | undefined;
}

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
  readonly webSocket: WebSocketConstructor;
  readonly serializer: Serializer;
}

export function settle(options: ConnectOptions): Settings {
  const platformWebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  const webSocket = options.webSocket ?? platformWebSocket;
  if (webSocket === undefined) {
    throw new NanoError('this platform has no WebSocket: give a constructor as option webSocket');
  }
  const reconnect = options.reconnect === true ? {} : options.reconnect || null;
  return {
    user: options.user,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    reconnect: reconnect && {
      minDelayMs: reconnect.minDelayMs ?? 500,
      maxDelayMs: reconnect.maxDelayMs ?? 15_000,
      attempts: reconnect.attempts ?? Infinity,
    },
    webSocket,
    serializer: options.serializer ?? jsonSerializer,
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
