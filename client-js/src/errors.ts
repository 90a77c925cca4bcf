/** Base of every error this package makes. */
export class NanoError extends Error {
  override readonly name: string = 'NanoError';
}

/** The server answered a request with an error. `message` is a sentence for people: `msg`, or else `code`. */
export class ResponseError extends NanoError {
  override readonly name = 'ResponseError';

  constructor(
    readonly route: string,
    /** The server's name for what went wrong, as `not_found`. */
    readonly code: string,
    /** The server's sentence about it; may be empty. */
    readonly msg: string,
  ) {
    super(msg || code);
  }
}

/** Nothing came back in time. */
export class TimeoutError extends NanoError {
  override readonly name = 'TimeoutError';
}

/**
 * A body that the serializer could not encode or decode, or a `user` that JSON has no form for (then `cause`
 * says why); or what is too large to be sent.
 */
export class MessageError extends NanoError {
  override readonly name = 'MessageError';
}

/** The server sent bytes that the protocol does not allow. The connection is closed. */
export class ProtocolError extends NanoError {
  override readonly name = 'ProtocolError';
}

/**
 * The server refused the handshake, with this code; `detail` is its sentence about why, where it gave one.
 */
export class HandshakeError extends NanoError {
  override readonly name = 'HandshakeError';

  constructor(
    readonly code: number,
    readonly detail: string,
    readonly user: unknown,
  ) {
    super(`the server refused the handshake with code ${code}${detail && `: ${detail}`}`);
  }
}

/**
 * Why a connection is gone:
 * - `client`: this side closed it;
 * - `server`: the other side did, or the network did;
 * - `kick`: the server sent this client away (`detail` may say why);
 * - `heartbeat`: the server went silent;
 * - `timeout`: the handshake took too long;
 * - `refused`: the server refused the handshake (`cause` is a HandshakeError);
 * - `protocol`: the server broke the protocol (`cause` is a ProtocolError);
 * - `unreachable`: there never was a connection.
 */
export type CloseReason =
  'client' | 'server' | 'kick' | 'heartbeat' | 'timeout' | 'refused' | 'protocol' | 'unreachable';

/** The connection is gone, or was not there in the first place. */
export class ConnectionClosedError extends NanoError {
  override readonly name = 'ConnectionClosedError';
  /** More about the reason, as the server's words on a kick; may be empty. */
  readonly detail: string;

  constructor(
    readonly reason: CloseReason,
    message: string,
    more: { cause?: unknown; detail?: string } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.detail = more.detail ?? '';
  }
}
