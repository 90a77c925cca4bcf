export type {
  AbortSignalLike,
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
export { connect } from './client.js';
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
export type {
  ConnectOptions,
  QueueOptions,
  ReconnectOptions,
  WebSocketConstructor,
  WebSocketLike,
} from './options.js';
export { bufbuildSerializer, protobufjsSerializer } from './protobuf.js';
export type { BufbuildRuntime, MessageTypes, ProtobufjsType } from './protobuf.js';
export { byRoute, jsonSerializer, rawSerializer } from './serializer.js';
export type { Serializer } from './serializer.js';
