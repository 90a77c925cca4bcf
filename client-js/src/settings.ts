import { checkFunction, checkNames, numberOf } from './checks.js';
import { NanoError } from './errors.js';
import type { ConnectOptions, QueueOptions, ReconnectOptions, WebSocketConstructor } from './options.js';
import { jsonSerializer, type Serializer } from './serializer.js';

/** The options with every default filled in. */
export interface Settings {
  readonly user: unknown;
  readonly handshakeTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly silenceTimeoutMs: number;
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

type Names<Options> = { readonly [_ in keyof Required<Options>]: 1 };

const names: Names<ConnectOptions> = {
  user: 1,
  handshakeTimeoutMs: 1,
  requestTimeoutMs: 1,
  silenceTimeoutMs: 1,
  reconnect: 1,
  queueNotifies: 1,
  onState: 1,
  webSocket: 1,
  serializer: 1,
  inflatedBytesMax: 1,
};
const reconnectNames: Names<ReconnectOptions> = { minDelayMs: 1, maxDelayMs: 1, attempts: 1 };
const queueNames: Names<QueueOptions> = { max: 1, bytesMax: 1 };

/** Throws a NanoError that names the option which can't be used as it is. */
export function settle(options: ConnectOptions): Settings {
  checkNames(options, names);
  if (options.onState) checkFunction('the option onState', options.onState);
  const reconnect = groupOf('reconnect', options.reconnect, reconnectNames);
  const queue = groupOf('queueNotifies', options.queueNotifies, queueNames);
  return {
    user: options.user,
    handshakeTimeoutMs: numberOf(options, 'handshakeTimeoutMs', 10_000),
    requestTimeoutMs: numberOf(options, 'requestTimeoutMs', 10_000),
    silenceTimeoutMs: numberOf(options, 'silenceTimeoutMs', 10_000),
    reconnect: reconnect && {
      minDelayMs: numberOf(reconnect, 'minDelayMs', 500),
      maxDelayMs: numberOf(reconnect, 'maxDelayMs', 15_000),
      attempts: numberOf(reconnect, 'attempts', Infinity),
    },
    queueNotifies: queue && {
      max: numberOf(queue, 'max', 100),
      bytesMax: numberOf(queue, 'bytesMax', 65_536),
    },
    webSocket: webSocketOf(options),
    serializer: options.serializer ?? jsonSerializer,
    inflatedBytesMax: numberOf(options, 'inflatedBytesMax', 2 ** 20),
  };
}

/** Options that `true` stands for, with all their defaults. */
function groupOf<Options extends object>(
  name: string,
  given: boolean | Options | undefined,
  known: Names<Options>,
): Partial<Options> | null {
  if (!given) return null;
  if (given === true) return {};
  if (typeof given !== 'object') {
    throw new NanoError(`the option ${name} must be true, false or an object, got ${typeof given}`);
  }
  checkNames(given, known);
  return given;
}

function webSocketOf(options: ConnectOptions): WebSocketConstructor {
  const platformWebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  const webSocket = options.webSocket ?? platformWebSocket;
  if (webSocket === undefined) {
    throw new NanoError(
      'this platform has no WebSocket: use Node 22 or newer, or `npm install ws` and give its WebSocket as ' +
        'option webSocket',
    );
  }
  const hint = "; of the package ws it is what `import WebSocket from 'ws'` gives";
  checkFunction('the option webSocket', webSocket, hint);
  return webSocket;
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
