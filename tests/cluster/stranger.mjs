// Somebody who talks to nodes of a cluster without being one: gRPC by hand, and bytes that mean nothing.
import http2 from 'node:http2';
import net from 'node:net';

export const linkMethod = '/nano.cluster.Link/Connect';

/** All methods of Go Nano's nodes. */
export const goMethods = [
  ...['Register', 'Unregister', 'Heartbeat'].map((name) => `/clusterpb.Master/${name}`),
  ...[
    'HandleRequest',
    'HandleNotify',
    'HandlePush',
    'HandleResponse',
    'NewMember',
    'DelMember',
    'SessionClosed',
    'CloseSession',
  ].map((name) => `/clusterpb.Member/${name}`),
];

/** Numbers and bytes that look random, and are the same for the same seed. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to `end`, without it. */
  below(end) {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0; // its upper bits are good enough
    return Math.floor((this.#state / 2 ** 32) * end);
  }

  bytes(count) {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }

  /** A protobuf message of some fields of these numbers. */
  message(numbers) {
    const fields = Array.from({ length: this.below(8) }, () => {
      const number = numbers[this.below(numbers.length)];
      if (this.below(2)) return field(number, this.below(2 ** 32));
      return field(number, this.bytes(this.below(40)));
    });
    return Buffer.concat(fields);
  }
}

function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A protobuf field: a number, or bytes, which may be a text or a message. */
export function field(number, value) {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return Buffer.concat([varint(number << 3), varint(value)]);
  }
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

/** A protobuf field of eight bytes. */
export function fixed64(number, value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return Buffer.concat([varint((number << 3) | 1), bytes]);
}

/** MemberInfo of Go Nano, as a member of ours that says it runs as process `incarnation`. */
export function memberInfo({ address, label = '', services = [], incarnation }) {
  const ours = incarnation ? [field(100, 1), field(102, incarnation)] : [];
  return Buffer.concat([
    field(1, label),
    field(2, address),
    ...services.map((name) => field(3, name)),
    ...ours,
  ]);
}

/** A message as gRPC has it on a stream. */
export function frame(message) {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** Resolves when it is closed, in order or by an error; the error needs a listener. */
export function ended(connection) {
  return new Promise((resolve) => connection.once('close', resolve));
}

/** A connection to a node, closed when the test `t` ends. */
export class Stranger {
  #session;

  constructor(t, address) {
    this.#session = http2.connect(`http://${address}`);
    this.#session.on('error', () => {}); // its streams have it, too
    t.after(() => this.#session.destroy());
  }

  open(method) {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => {}); // "close" follows
    stream.resume();
    return stream;
  }

  /** Resolves with gRPC's status and sentence, or nothing if the stream broke. */
  async call(method, request) {
    const stream = this.open(method);
    let outcome;
    const hear = (headers) => {
      if ('grpc-status' in headers) {
        const sentence = decodeURIComponent(headers['grpc-message'] ?? '');
        outcome = { status: Number(headers['grpc-status']), sentence };
      }
    };
    stream.on('response', hear);
    stream.on('trailers', hear);
    stream.end(frame(request));
    await ended(stream);
    return outcome;
  }

  /** Resolves when the node has closed the stream on which it was sent these messages. */
  async say(messages, method = linkMethod) {
    const stream = this.open(method);
    for (const message of messages) stream.write(frame(message));
    await ended(stream);
  }
}

/** Sends the bytes on a connection of their own. Resolves when it is closed. */
export async function sendBytes(address, bytes) {
  const [host, port] = address.split(':');
  const socket = net.connect({ host, port: Number(port) });
  socket.on('error', () => {}); // "close" follows
  socket.resume();
  socket.end(bytes);
  await ended(socket);
}
