import { Connection } from './connection.js';
import { ConnectionClosedError, NanoError, TimeoutError } from './errors.js';
import { Listeners } from './listeners.js';
import { reconnectDelayMs, settle, type ConnectOptions, type Settings } from './options.js';
import { Timer } from './timer.js';

/** What a state listener is told. */
export type StateChange =
  /** Connected again, after `reconnecting`. For the server it is a new session: log in or join anew. */
  | { readonly state: 'open'; readonly user: unknown }
  /** The connection was lost, or try number `attempt - 1` failed; the next try starts after `delayMs`. */
  | {
      readonly state: 'reconnecting';
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: ConnectionClosedError;
    }
  /** For good: `error.reason` says why, `kick` among the reasons. */
  | { readonly state: 'closed'; readonly error: ConnectionClosedError };

export type State = StateChange['state'];

export interface RequestOptions {
  /** 0 or Infinity: no limit. Default: the option `requestTimeoutMs` of the client. */
  timeoutMs?: number | undefined;
}

/**
 * Connects and shakes hands. Tries once; the option `reconnect` is for connections that were open. Rejects
 * with a HandshakeError, a TimeoutError, a ProtocolError, or a ConnectionClosedError when there was no
 * connection.
 */
export function connect(url: string, options: ConnectOptions = {}): Promise<Client> {
  return Client.connect(url, options);
}

/** A session with a server. Made by `connect`. */
export class Client {
  readonly #url: string;
  readonly #settings: Settings;
  readonly #pushes = new Map<string, Listeners<unknown>>();
  readonly #stateListeners = new Listeners<StateChange>();
  readonly #retryTimer = new Timer();
  #connection: Connection | null = null;
  #state: State = 'open';
  #attempt = 0;
  #user: unknown;
  /** Why there is no connection, when there is none. */
  #error: ConnectionClosedError | undefined;

  private constructor(url: string, settings: Settings) {
    this.#url = url;
    this.#settings = settings;
  }

  /** @internal */
  static async connect(url: string, options: ConnectOptions): Promise<Client> {
    const client = new Client(url, settle(options));
    try {
      await new Promise<void>((resolve, reject) => client.#dial(resolve, reject));
    } catch (error) {
      throw rootOf(error);
    }
    return client;
  }

  get state(): State {
    return this.#state;
  }

  /** The `user` of the server's handshake; that of the newest connection. */
  get user(): unknown {
    return this.#user;
  }

  /**
   * Resolves with the response. Rejects with a ResponseError when the server answers with an error, else with
   * a TimeoutError, a ConnectionClosedError or a MessageError.
   */
  request<T = unknown>(route: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    if (this.#state !== 'open' || this.#connection === null) return Promise.reject(this.#error);
    try {
      const timeoutMs = options.timeoutMs ?? this.#settings.requestTimeoutMs;
      return this.#connection.request(route, body, timeoutMs) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Returns false, and sends nothing, while there is no connection. Throws a MessageError for an unfit body.
   */
  notify(route: string, body?: unknown): boolean {
    if (this.#state !== 'open' || this.#connection === null) return false;
    this.#connection.notify(route, body);
    return true;
  }

  /**
   * Calls `listener` for each push of this route, in the order sent, until the returned function is called.
   */
  on<T = unknown>(route: string, listener: (body: T) => unknown): () => void {
    let listeners = this.#pushes.get(route);
    if (listeners === undefined) {
      listeners = new Listeners();
      this.#pushes.set(route, listeners);
    }
    listeners.add(listener as (body: unknown) => unknown);
    return () => this.off(route, listener);
  }

  off<T = unknown>(route: string, listener: (body: T) => unknown): void {
    const listeners = this.#pushes.get(route);
    listeners?.remove(listener as (body: unknown) => unknown);
    if (listeners?.isEmpty) this.#pushes.delete(route);
  }

  /** Calls `listener` with each change of state from now on, until the returned function is called. */
  onState(listener: (change: StateChange) => unknown): () => void {
    return this.#stateListeners.add(listener);
  }

  /** What was sent before still leaves. Requests in flight are rejected. */
  close(): void {
    if (this.#state === 'closed') return;
    if (this.#connection !== null) this.#connection.close();
    else this.#finish(new ConnectionClosedError('client', 'the client was closed while it was reconnecting'));
  }

  #dial(opened: () => void, failed: (error: ConnectionClosedError) => void): void {
    let isOpen = false;
    this.#connection = new Connection(this.#url, this.#settings, {
      opened: (user) => {
        isOpen = true;
        this.#attempt = 0;
        this.#user = user;
        opened();
      },
      pushed: (route, body) => this.#pushes.get(route)?.call(body, `a listener of ${route} threw`),
      ended: (error) => {
        this.#connection = null;
        if (isOpen) this.#lost(error);
        else failed(error);
      },
    });
  }

  #lost(error: ConnectionClosedError): void {
    const limits = this.#settings.reconnect;
    const forGood = error.reason === 'client' || error.reason === 'kick' || error.reason === 'refused';
    if (limits === null || forGood || this.#attempt >= limits.attempts) return this.#finish(error);
    this.#error = error;
    this.#attempt += 1;
    const delayMs = reconnectDelayMs(this.#attempt, limits);
    this.#retryTimer.set(Math.max(1, delayMs), () => this.#redial());
    this.#setState({ state: 'reconnecting', attempt: this.#attempt, delayMs, error });
  }

  #redial(): void {
    try {
      this.#dial(
        () => this.#setState({ state: 'open', user: this.#user }),
        (error) => this.#lost(error),
      );
    } catch (cause) {
      this.#finish(new ConnectionClosedError('unreachable', 'no connection could be made', { cause }));
    }
  }

  #finish(error: ConnectionClosedError): void {
    this.#error = error;
    this.#retryTimer.clear();
    this.#setState({ state: 'closed', error });
  }

  #setState(change: StateChange): void {
    this.#state = change.state;
    this.#stateListeners.call(change, 'a state listener threw');
  }
}

/** The error behind a connection that never opened, where there is one of ours. */
function rootOf(error: unknown): unknown {
  if (!(error instanceof ConnectionClosedError)) return error;
  if (error.reason === 'timeout') return new TimeoutError(error.message);
  return error.cause instanceof NanoError ? error.cause : error;
}
