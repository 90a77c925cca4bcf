import type { ConnectionClosedError } from './errors.js';

/** What a state listener is told. */
export type StateChange =
  /** `connect` was called. Only the listener given to `connect` as option `onState` hears this one. */
  | { readonly state: 'connecting' }
  /** The handshake is done. After `reconnecting` this is a new session: log in or join anew. */
  | { readonly state: 'open'; readonly user: unknown }
  /**
   * The connection was lost, or try number `attempt - 1` failed or did not last; the next starts after
   * `delayMs`.
   */
  | {
      readonly state: 'reconnecting';
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: ConnectionClosedError;
    }
  /** For good: `error.reason` says why, `kick` among the reasons. */
  | { readonly state: 'closed'; readonly error: ConnectionClosedError };

export type State = StateChange['state'];

/**
 * Hears changes of state. A promise that it returns for `open` holds back the notifies that were queued until
 * it is settled.
 */
export type StateListener = (change: StateChange) => unknown;

/** The part of an AbortSignal that the client uses. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface RequestOptions {
  /** 0 or Infinity: no limit. Default: the option `requestTimeoutMs` of the client. */
  timeoutMs?: number | undefined;
  /** Aborting it rejects the request with its reason. What was sent is sent; an answer is dropped. */
  signal?: AbortSignalLike | undefined;
}

export interface OnceOptions {
  /** 0 or Infinity, the default: no limit. */
  timeoutMs?: number | undefined;
  /** Aborting it rejects the promise with its reason. */
  signal?: AbortSignalLike | undefined;
}

export interface PushesOptions {
  /**
   * How many pushes may wait for the loop. When one more comes, the loop gets those that wait and then a
   * NanoError. Default 1024.
   */
  max?: number | undefined;
  /** Aborting it drops what waits and throws its reason into the loop. */
  signal?: AbortSignalLike | undefined;
}

interface AnyClient {
  readonly state: State;
  /** The `user` of the server's handshake; that of the newest connection. */
  readonly user: unknown;
  /** Calls `listener` with each change of state from now on, until the returned function is called. */
  onState(listener: StateListener): () => void;
  /** What was sent before still leaves. Requests in flight are rejected. */
  close(): void;
}

/** A session with a server, whose routes the compiler does not know. Made by `connect(url)`. */
export interface Client extends AnyClient {
  /**
   * Resolves with the response. Rejects with a ResponseError when the server answers with an error, else with
   * a TimeoutError, a ConnectionClosedError, a MessageError or the reason of the signal.
   */
  request<T = unknown>(route: string, body?: unknown, options?: RequestOptions): Promise<T>;
  /**
   * Sends without an answer. Returns false, and drops the message, while there is no connection, unless it
   * finds room in the queue of the option `queueNotifies`. Throws a MessageError for an unfit body.
   */
  notify(route: string, body?: unknown): boolean;
  /** Calls `listener` for each push of this route, in their order, until the returned function is called. */
  on<T = unknown>(route: string, listener: (body: T) => unknown): () => void;
  /** Ends all that `on` and `once` were given this function for. */
  off<T = unknown>(route: string, listener: (body: T) => unknown): void;
  /** Calls `listener` for the next push of this route only. */
  once<T = unknown>(route: string, listener: (body: T) => unknown): () => void;
  /**
   * Resolves with the next push of this route. Rejects with a TimeoutError, the reason of the signal, or a
   * ConnectionClosedError when the client is closed for good; a reconnect does not end the wait.
   */
  once<T = unknown>(route: string, options?: OnceOptions): Promise<T>;
  /**
   * The pushes of this route from this call on, for one `for await` loop. The loop ends when the client is
   * closed for good; leaving it ends the subscription.
   */
  pushes<T = unknown>(route: string, options?: PushesOptions): AsyncIterableIterator<T>;
}

/** What a server's `--print-routes ts` prints as `Routes`: the types of each handler and each push. */
export interface RouteTypes {
  handlers: { [route: string]: any };
  pushes: { [route: string]: any };
}

/** The body may be left out where the handler takes none. */
type RequestArguments<Body> = [void] extends [Body]
  ? [body?: Body, options?: RequestOptions]
  : [body: Body, options?: RequestOptions];

type NotifyArguments<Body> = [void] extends [Body] ? [body?: Body] : [body: Body];

/** A Client whose routes, bodies and responses the compiler checks. Made by `connect<Routes>(url)`. */
export interface TypedClient<R extends RouteTypes> extends AnyClient {
  /**
   * Resolves with the response. Rejects with a ResponseError when the server answers with an error, else with
   * a TimeoutError, a ConnectionClosedError, a MessageError or the reason of the signal.
   */
  request<Route extends keyof R['handlers'] & string>(
    route: Route,
    ...bodyAndOptions: RequestArguments<R['handlers'][Route]['request']>
  ): Promise<R['handlers'][Route]['response']>;
  /**
   * Sends without an answer. Returns false, and drops the message, while there is no connection, unless it
   * finds room in the queue of the option `queueNotifies`. Throws a MessageError for an unfit body.
   */
  notify<Route extends keyof R['handlers'] & string>(
    route: Route,
    ...body: NotifyArguments<R['handlers'][Route]['request']>
  ): boolean;
  /** Calls `listener` for each push of this route, in their order, until the returned function is called. */
  on<Route extends keyof R['pushes'] & string>(
    route: Route,
    listener: (body: R['pushes'][Route]) => unknown,
  ): () => void;
  /** Ends all that `on` and `once` were given this function for. */
  off<Route extends keyof R['pushes'] & string>(
    route: Route,
    listener: (body: R['pushes'][Route]) => unknown,
  ): void;
  /** Calls `listener` for the next push of this route only. */
  once<Route extends keyof R['pushes'] & string>(
    route: Route,
    listener: (body: R['pushes'][Route]) => unknown,
  ): () => void;
  /** Resolves with the next push of this route. Rejects in time, on a signal, or with the client's end. */
  once<Route extends keyof R['pushes'] & string>(
    route: Route,
    options?: OnceOptions,
  ): Promise<R['pushes'][Route]>;
  /** The pushes of this route from this call on, for one `for await` loop, which ends with the client. */
  pushes<Route extends keyof R['pushes'] & string>(
    route: Route,
    options?: PushesOptions,
  ): AsyncIterableIterator<R['pushes'][Route]>;
}
