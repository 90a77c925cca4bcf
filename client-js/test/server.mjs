// A server whose every word a test says itself.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

import { RouteDictionary } from '../dist/modules/dictionary.js';
import { decodeMessage, encodeMessage, MessageType } from '../dist/modules/message.js';
import { encodePacket, PacketDecoder, PacketType } from '../dist/modules/packet.js';

const text = new TextDecoder();
const errorFlag = 0x20;

export function bytes(string) {
  return new TextEncoder().encode(string);
}

/** Bytes stay as they are, everything else becomes JSON. */
function payloadOf(body) {
  return body instanceof Uint8Array ? body : bytes(JSON.stringify(body));
}

/** Things that come now or later, taken in order by those who wait for them. */
class Queue {
  #items = [];
  #waiting = [];

  push(item) {
    const next = this.#waiting.shift();
    if (next) next(item);
    else this.#items.push(item);
  }

  next() {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export class TestServer {
  url = '';
  #server;
  #peers = new Queue();

  static async start(t) {
    const server = new TestServer();
    server.#server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.#server.on('connection', (socket) => server.#peers.push(new Peer(socket)));
    await once(server.#server, 'listening');
    server.url = `ws://127.0.0.1:${server.#server.address().port}/nano`;
    t.after(() => server.stop());
    return server;
  }

  /** The next connection, before its handshake. */
  peer() {
    return this.#peers.next();
  }

  /** The next connection, after a handshake answered with these members. */
  async open(reply = {}) {
    const peer = await this.peer();
    await peer.read(PacketType.handshake);
    peer.send(PacketType.handshake, { code: 200, ...reply });
    peer.dictionary = new RouteDictionary(Object.entries(reply.sys?.dict ?? {}));
    await peer.read(PacketType.handshakeAck);
    return peer;
  }

  async stop() {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

class Peer {
  dictionary = new RouteDictionary();
  #socket;
  #packets = new Queue();

  constructor(socket) {
    this.#socket = socket;
    const decoder = new PacketDecoder();
    socket.on('message', (data) => {
      for (const packet of decoder.feed(new Uint8Array(data))) this.#packets.push(packet);
    });
    this.closed = once(socket, 'close');
  }

  /** The body of the next packet, which must be of this type. */
  async read(type) {
    const packet = await this.#packets.next();
    if (packet.type !== type) throw new Error(`expected a packet of type ${type}, got ${packet.type}`);
    return packet.body;
  }

  async readMessage() {
    const body = await this.read(PacketType.data);
    const message = decodeMessage(body, this.dictionary);
    return {
      ...message,
      compressed: (body[0] & 1) === 1,
      body: JSON.parse(text.decode(message.payload) || 'null'),
    };
  }

  send(type, body = new Uint8Array(0)) {
    this.sendBytes(encodePacket(type, payloadOf(body)));
  }

  sendBytes(...parts) {
    this.#socket.send(Buffer.concat(parts));
  }

  sendText(message) {
    this.#socket.send(message);
  }

  respond(id, body) {
    this.sendBytes(this.response(id, body));
  }

  respondWithError(id, body) {
    const message = this.message(MessageType.response, id, '', body);
    message[0] |= errorFlag;
    this.send(PacketType.data, message);
  }

  push(route, body) {
    this.sendBytes(this.pushed(route, body));
  }

  /** A data packet, for tests that mind how packets are laid on messages. */
  response(id, body) {
    return encodePacket(PacketType.data, this.message(MessageType.response, id, '', body));
  }

  pushed(route, body) {
    return encodePacket(PacketType.data, this.message(MessageType.push, 0, route, body));
  }

  message(type, id, route, body) {
    return encodeMessage(type, id, route, payloadOf(body), this.dictionary);
  }

  close() {
    this.#socket.close();
  }
}
