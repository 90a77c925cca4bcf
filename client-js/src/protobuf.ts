import type { Serializer } from './serializer.js';

/** The message types of one route. A type that is left out stands for no body, or for one not looked at. */
export interface MessageTypes<Type> {
  /** Of the body given to `request` or `notify`. */
  request?: Type | undefined;
  response?: Type | undefined;
  push?: Type | undefined;
}

/** What a `Type` of protobufjs, a class that its compiler made, and a message of ts-proto have in common. */
export interface ProtobufjsType {
  encode(message: any): { finish(): Uint8Array };
  decode(payload: Uint8Array): any;
}

/** The functions of `@bufbuild/protobuf` (version 2) that have these names. */
export interface BufbuildRuntime {
  create(schema: any, init?: any): any;
  toBinary(schema: any, message: any): Uint8Array;
  fromBinary(schema: any, payload: Uint8Array): any;
}

/** Messages of protobufjs, for use with `byRoute`. Plain objects with the fields of the message do, too. */
export function protobufjsSerializer(types: MessageTypes<ProtobufjsType>): Serializer {
  return serializerOf(types, {
    encode: (type, body) => type.encode(body).finish(),
    decode: (type, payload) => type.decode(payload) as unknown,
  });
}

/**
 * Messages of `@bufbuild/protobuf`, for use with `byRoute`: `runtime` is that module, or an object with three
 * of its functions; the types are schemas. Bodies are messages, or what `create` takes.
 */
export function bufbuildSerializer<Schema>(
  runtime: BufbuildRuntime,
  types: MessageTypes<Schema>,
): Serializer {
  return serializerOf(types, {
    encode: (schema, body) => runtime.toBinary(schema, runtime.create(schema, body)),
    decode: (schema, payload) => runtime.fromBinary(schema, payload) as unknown,
  });
}

function serializerOf<Type>(
  types: MessageTypes<Type>,
  codec: {
    encode(type: Type, body: unknown): Uint8Array;
    decode(type: Type, payload: Uint8Array): unknown;
  },
): Serializer {
  return {
    encode(body, route) {
      // Without fields that are set, a message of any type has no bytes.
      if (body === undefined) return new Uint8Array(0);
      if (types.request === undefined) throw new TypeError(`no request type is given for ${route}`);
      return codec.encode(types.request, body);
    },
    decode(payload, _route, kind) {
      const type = types[kind];
      return type === undefined ? undefined : codec.decode(type, payload);
    },
  };
}
