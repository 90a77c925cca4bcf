import type { StateListener } from './api.js';
import type { Serializer } from './serializer.js';

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
  /**
   * Delay before the first try, doubled with each that fails. A connection that is lost before it has been
   * open for `maxDelayMs` counts as a try that failed. Default 500.
   */
  minDelayMs?: number | undefined;
  /**
   * Where the doubling ends; also how long a connection must stay open before tries are counted from 1 again.
   * Default 15000.
   */
  maxDelayMs?: number | undefined;
  /** Tries in a row before giving up. Default Infinity. */
  attempts?: number | undefined;
}

export interface QueueOptions {
  /** Notifies that may wait. Default 100. */
  max?: number | undefined;
  /** Bytes that they may have together, as packets. Default 65536. */
  bytesMax?: number | undefined;
}

export interface ConnectOptions {
  /** Sent with the handshake, as a token that the server checks. */
  user?: unknown;
  /** For connecting and the handshake together. Default 10000; 0 or Infinity: no limit. */
  handshakeTimeoutMs?: number | undefined;
  /** For requests that don't say otherwise. Default 10000; 0 or Infinity: no limit. */
  requestTimeoutMs?: number | undefined;
  /**
   * How long at least no whole message may come before the server counts as gone; two and a half of its
   * heartbeat intervals are waited for anyway. The largest message has to come in this time on the slowest
   * line. Default 10000.
   */
  silenceTimeoutMs?: number | undefined;
  /** Whether to connect again when a connection is lost. Default false. */
  reconnect?: boolean | ReconnectOptions | undefined;
  /**
   * Whether to keep notifies made while reconnecting, and send them in their order once connected: after the
   * state listeners have heard of `open` and the promises they returned are settled. One that finds the queue
   * full is dropped, and `notify` returns false. Default false.
   */
  queueNotifies?: boolean | QueueOptions | undefined;
  /** Hears every change of state from `connecting` on. */
  onState?: StateListener | undefined;
  /** Needed only where the platform has no WebSocket, as Node before version 22. */
  webSocket?: WebSocketConstructor | undefined;
  /** Default: JSON. */
  serializer?: Serializer | undefined;
  /** A compressed payload that has more bytes than this closes the connection. Default 1 MiB. */
  inflatedBytesMax?: number | undefined;
}
