import type {
  Client,
  OnceOptions,
  PushesOptions,
  RequestOptions,
  RouteTypes,
  State,
  StateChange,
  StateListener,
  TypedClient,
} from './api.js';
import { checkFunction, numberOf } from './checks.js';
import { Connection } from './connection.js';
import { dataPacket } from './data_packet.js';
import { RouteDictionary } from './dictionary.js';
import { ConnectionClosedError, NanoError, TimeoutError } from './errors.js';
import { Listeners } from './listeners.js';
import { MessageType } from './message.js';
import { NotifyQueue } from './notify_queue.js';
import type { ConnectOptions } from './options.js';
import { Pending } from './pending.js';
import { PushIterator } from './push_iterator.js';
import { reconnectDelayMs, settle, type Settings } from './settings.js';
import { Timer } from './timer.js';

/**
 * Connects and shakes hands. Tries once; the option `reconnect` is for connections that were open. Rejects
 * with a HandshakeError, a TimeoutError, a ProtocolError, or a ConnectionClosedError when there was no
 * connection; with a MessageError for a `user` that JSON has no form for, and with a NanoError for other
 * options that can't be used, for a `url` that is no WebSocket address (`cause` is the error of the
 * WebSocket), and where the platform has no WebSocket and none is given.
 */
export function connect(url: string, options?: ConnectOptions): Promise<Client>;
/** With the types of a server's routes the client is checked against them by the compiler. */
export function connect<R extends RouteTypes>(url: string, options?: ConnectOptions): Promise<TypedClient<R>>;
export function connect(url: string, options: ConnectOptions = {}): Promise<Client> {
  return ReconnectingClient.connect(url, options);
}

type Listener<T> = (body: T) => unknown;

/** A client over one connection after the other. */
class ReconnectingClient implements Client {
  readonly #url: string;
  readonly #settings: Settings;
  readonly #pushes = new Map<string, Listeners<any>>();
  readonly #stateListeners = new Listeners<StateChange>();
  readonly #retryTimer = new Timer();
  /** Rings when a connection has proved that it lasts. */
  readonly #steadyTimer = new Timer();
  readonly #queue: NotifyQueue | null;
  #connection: Connection | null = null;
  #state: State = 'connecting';
  #attempt = 0;
  #user: unknown;
  /** Why there is no connection, when there is none. */
  #error: ConnectionClosedError | undefined;

  private constructor(url: string, options: ConnectOptions) {
    this.#url = url;
    this.#settings = settle(options);
    this.#queue = this.#settings.queueNotifies && new NotifyQueue(this.#settings.queueNotifies);
    if (options.onState) this.onState(options.onState);
  }

  static async connect(url: string, options: ConnectOptions): Promise<Client> {
    const client = new ReconnectingClient(url, options);
    client.#setState({ state: 'connecting' });
    try {
      await new Promise<void>((resolve, reject) => client.#dial(resolve, reject));
    } catch (error) {
      client.#finish(closedFor(error));
      throw rootOf(error);
    }
    return client;
  }

  get state(): State {
    return this.#state;
  }

  get user(): unknown {
    return this.#user;
  }

  request<T>(route: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    try {
      const timeoutMs = numberOf(options, 'timeoutMs', this.#settings.requestTimeoutMs);
      const { signal } = options;
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (this.#state !== 'open' || this.#connection === null) return Promise.reject(this.#error);
      return this.#connection.request(route, body, timeoutMs, signal) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  notify(route: string, body?: unknown): boolean {
    if (this.#state === 'open' && this.#connection !== null) {
      this.#connection.notify(route, body);
      return true;
    }
    if (this.#state !== 'reconnecting' || this.#queue === null) return false;
    // The next connection may have another dictionary; in full a route is always understood.
    const { serializer } = this.#settings;
    const packet = dataPacket(MessageType.notify, 0, route, body, serializer, new RouteDictionary());
    return this.#queue.add(packet);
  }

  on<T>(route: string, listener: Listener<T>): () => void {
    return this.#subscribe(route, listener, listener);
  }

  off<T>(route: string, listener: Listener<T>): void {
    this.#pushes.get(route)?.removeAllOf(listener);
    this.#forgetIfUnheard(route);
  }

  /** `owner` is the function that the application knows. */
  #subscribe<T>(route: string, listener: Listener<T>, owner: Listener<T>): () => void {
    checkFunction(`the listener of ${route}`, owner);
    let listeners = this.#pushes.get(route);
    if (listeners === undefined) {
      listeners = new Listeners<T>();
      this.#pushes.set(route, listeners);
    }
    const remove = listeners.add(listener, owner);
    return () => (remove(), this.#forgetIfUnheard(route));
  }

  #forgetIfUnheard(route: string): void {
    if (this.#pushes.get(route)?.isEmpty) this.#pushes.delete(route);
  }

  once<T>(route: string, listener: Listener<T>): () => void;
  once<T>(route: string, options?: OnceOptions): Promise<T>;
  once<T>(route: string, how: Listener<T> | OnceOptions = {}): (() => void) | Promise<T> {
    if (typeof how === 'object' && how !== null) {
      try {
        return this.#next(route, how);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const hear = (body: T): unknown => {
      stop();
      return how(body);
    };
    const stop = this.#subscribe(route, hear, how);
    return stop;
  }

  pushes<T>(route: string, options: PushesOptions = {}): AsyncIterableIterator<T> {
    const pushes = new PushIterator<T>(route, options, (iterator) => {
      const stop = this.on(route, (body: T) => iterator.push(body));
      const forget = this.onState(({ state }) => state === 'closed' && iterator.end());
      return () => (stop(), forget());
    });
    if (this.#state === 'closed') pushes.end();
    return pushes;
  }

  onState(listener: StateListener): () => void {
    checkFunction('a state listener', listener);
    return this.#stateListeners.add(listener);
  }

  close(): void {
    if (this.#state === 'closed') return;
    if (this.#connection !== null) this.#connection.close();
    else this.#finish(new ConnectionClosedError('client', 'the client was closed while it was reconnecting'));
  }

  /** Throws a NanoError for a timeout that is none. */
  #next<T>(route: string, options: OnceOptions): Promise<T> {
    const timeoutMs = numberOf(options, 'timeoutMs', 0);
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#state === 'closed') return Promise.reject(this.#error);
    const late = `no push of ${route} came within ${timeoutMs} ms`;
    const push = new Pending<T>({ timeoutMs, signal, late, gaveUp: () => stop() });
    const unsubscribe = this.on(route, (body: T) => (stop(), push.resolve(body)));
    const forget = this.onState((change) => {
      if (change.state === 'closed') (stop(), push.reject(change.error));
    });
    const stop = (): void => (unsubscribe(), forget());
    return push.promise;
  }

  /** Throws if no connection can even be begun. */
  #dial(opened: () => void, failed: (error: ConnectionClosedError) => void): void {
    let isOpen = false;
    this.#connection = new Connection(this.#url, this.#settings, {
      opened: (user) => {
        isOpen = true;
        this.#user = user;
        this.#watchWhetherSteady();
        opened();
        void this.#opened();
      },
      pushed: (route, body) => this.#pushes.get(route)?.call(body, `a listener of ${route} threw`),
      ended: (error) => {
        this.#connection = null;
        this.#steadyTimer.clear();
        if (isOpen) this.#lost(error);
        else failed(error);
      },
    });
  }

  /** A server that accepts and then closes at once must not be asked again and again without a pause. */
  #watchWhetherSteady(): void {
    const limits = this.#settings.reconnect;
    if (limits === null) return;
    this.#steadyTimer.set(Math.max(1, limits.maxDelayMs), () => (this.#attempt = 0));
  }

  async #opened(): Promise<void> {
    const connection = this.#connection;
    const listenersDone = this.#setState({ state: 'open', user: this.#user });
    if (this.#queue === null) return;
    await Promise.all(listenersDone);
    if (this.#connection !== connection) return;
    for (const packet of this.#queue.takeAll()) connection?.send(packet);
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
        () => {},
        (error) => this.#lost(error),
      );
    } catch (cause) {
      this.#finish(closedFor(cause));
    }
  }

  #finish(error: ConnectionClosedError): void {
    this.#error = error;
    this.#retryTimer.clear();
    this.#queue?.takeAll();
    this.#setState({ state: 'closed', error });
  }

  /** The promises are those of listeners that take their time. */
  #setState(change: StateChange): Promise<unknown>[] {
    this.#state = change.state;
    return this.#stateListeners.call(change, 'a state listener threw');
  }
}

function closedFor(cause: unknown): ConnectionClosedError {
  if (cause instanceof ConnectionClosedError) return cause;
  return new ConnectionClosedError('unreachable', 'no connection could be made', { cause });
}

/** The error behind a connection that never opened, where there is one of ours. */
function rootOf(error: unknown): unknown {
  if (!(error instanceof ConnectionClosedError)) return error;
  if (error.reason === 'timeout') return new TimeoutError(error.message);
  return error.cause instanceof NanoError ? error.cause : error;
}
