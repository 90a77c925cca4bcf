export { connect } from './client.js';
export type { Client, RequestOptions, State, StateChange } from './client.js';
export {
  ConnectionClosedError,
  HandshakeError,
  MessageError,
  NanoError,
  ProtocolError,
  ResponseError,
  TimeoutError,
} from './errors.js';
export type { CloseReason } from './errors.js';
export type { ConnectOptions, ReconnectOptions, WebSocketConstructor, WebSocketLike } from './options.js';
export { jsonSerializer, rawSerializer } from './serializer.js';
export type { Serializer } from './serializer.js';
