import { decodeUtf8 } from './bytes.js';
import { RouteDictionary } from './dictionary.js';
import {
  ConnectionClosedError,
  HandshakeError,
  MessageError,
  ProtocolError,
  ResponseError,
} from './errors.js';
import type { CloseReason } from './errors.js';
import { decodeHandshake, encodeHandshake } from './handshake.js';
import { report } from './listeners.js';
import { decodeMessage, encodeMessage, MessageType, type Message } from './message.js';
import type { Settings, WebSocketLike } from './options.js';
import { encodePacket, PacketDecoder, PacketType, type Packet } from './packet.js';
import { Requests } from './requests.js';
import { Timer } from './timer.js';

export interface ConnectionEvents {
  /** The handshake is done; `user` is what the server said in it. */
  opened(user: unknown): void;
  pushed(route: string, body: unknown): void;
  /** Told once; nothing follows. Requests without an answer have been rejected with the same error. */
  ended(error: ConnectionClosedError): void;
}

/**
 * The server sends a heartbeat each interval: past two of them, and a half for slow roads, it counts as
 * gone.
 */
const silenceLimitIntervals = 2.5;

/** One WebSocket, from its handshake to its end. */
export class Connection {
  readonly #settings: Settings;
  readonly #events: ConnectionEvents;
  readonly #socket: WebSocketLike;
  readonly #decoder = new PacketDecoder();
  readonly #requests = new Requests();
  /** Rings when the handshake takes too long, later when the server is silent for too long. */
  readonly #alarm = new Timer();
  #phase: 'handshake' | 'open' | 'ended' = 'handshake';
  #socketOpened = false;
  #socketError: unknown;
  #dictionary = new RouteDictionary();
  #silenceLimitMs = 0;
  /** Packets not handled yet, and what ended the stream after them. */
  #inbox: (Packet | ProtocolError)[] = [];
  #draining = false;

  constructor(url: string, settings: Settings, events: ConnectionEvents) {
    const hello = encodePacket(PacketType.handshake, encodeHandshake(settings.user));
    const socket = new settings.webSocket(url);
    this.#settings = settings;
    this.#events = events;
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#socketOpened = true;
      if (this.#phase !== 'ended') socket.send(hello);
    };
    socket.onmessage = (event: { data: unknown }) => this.#receive(event.data);
    socket.onclose = () => this.#socketClosed();
    socket.onerror = (event: unknown) => {
      this.#socketError = event;
    };
    const limitMs = settings.handshakeTimeoutMs;
    this.#alarm.set(limitMs, () => this.#end('timeout', `the handshake was not done within ${limitMs} ms`));
  }

  /** Throws a MessageError if the request can't be sent as it is. */
  request(route: string, body: unknown, timeoutMs: number): Promise<unknown> {
    const id = this.#requests.nextId();
    this.#sendMessage(MessageType.request, id, route, body);
    return this.#requests.wait(id, route, timeoutMs);
  }

  /** Throws a MessageError if the notify can't be sent as it is. */
  notify(route: string, body: unknown): void {
    this.#sendMessage(MessageType.notify, 0, route, body);
  }

  close(): void {
    this.#end('client', 'the connection was closed by this client');
  }

  #sendMessage(type: MessageType, id: number, route: string, body: unknown): void {
    let payload: Uint8Array;
    try {
      payload = this.#settings.serializer.encode(body, route);
    } catch (cause) {
      throw new MessageError(`the body for ${route} could not be encoded`, { cause });
    }
    const message = encodeMessage(type, id, route, payload, this.#dictionary);
    this.#socket.send(encodePacket(PacketType.data, message));
  }

  #receive(data: unknown): void {
    if (this.#phase === 'ended') return;
    if (this.#phase === 'open') this.#watchForSilence();
    try {
      if (typeof data === 'string') throw new ProtocolError('the server sent a text message');
      const chunk = new Uint8Array(data as ArrayBuffer);
      for (const packet of this.#decoder.feed(chunk)) this.#inbox.push(packet);
    } catch (error) {
      this.#inbox.push(error as ProtocolError);
      this.#socket.onmessage = () => {};
    }
    void this.#drain();
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      this.#handle(next);
      // Code that awaits a response shall run before the listeners of pushes that were sent after it.
      await undefined;
    }
    this.#draining = false;
  }

  #handle(item: Packet | ProtocolError): void {
    try {
      if (item instanceof ProtocolError) throw item;
      this.#handlePacket(item);
    } catch (cause) {
      if (cause instanceof HandshakeError) this.#end('refused', cause.message, { cause });
      else this.#end('protocol', cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  #handlePacket(packet: Packet): void {
    switch (packet.type) {
      case PacketType.handshake:
        return this.#shakeHands(packet.body);
      case PacketType.heartbeat:
        if (this.#phase === 'open') this.#socket.send(encodePacket(PacketType.heartbeat));
        return;
      case PacketType.data:
        if (this.#phase !== 'open') throw new ProtocolError('the server sent data before the handshake');
        return this.#handleMessage(decodeMessage(packet.body, this.#dictionary));
      case PacketType.kick: {
        const detail = kickReason(packet.body);
        return this.#end('kick', detail || 'the server closed the session', { detail });
      }
      case PacketType.handshakeAck:
        throw new ProtocolError('the server sent a handshake acknowledgement');
    }
  }

  #shakeHands(body: Uint8Array): void {
    if (this.#phase !== 'handshake') throw new ProtocolError('the server sent a second handshake');
    const handshake = decodeHandshake(body);
    this.#dictionary = handshake.dictionary;
    this.#silenceLimitMs = handshake.heartbeatMs * silenceLimitIntervals;
    this.#phase = 'open';
    this.#socket.send(encodePacket(PacketType.handshakeAck));
    this.#watchForSilence();
    this.#events.opened(handshake.user);
  }

  #handleMessage(message: Message): void {
    if (message.type === MessageType.response) return this.#handleResponse(message);
    if (message.type !== MessageType.push) {
      throw new ProtocolError('the server sent a message of a type that only clients send');
    }
    let body: unknown;
    try {
      body = this.#settings.serializer.decode(message.payload, message.route, 'push');
    } catch (error) {
      report(`the push ${message.route} could not be decoded`, error);
      return;
    }
    this.#events.pushed(message.route, body);
  }

  #handleResponse({ id, payload, isError }: Message): void {
    const waiting = this.#requests.take(id);
    if (waiting === undefined) return;
    if (isError) return waiting.reject(responseError(waiting.route, payload));
    try {
      waiting.resolve(this.#settings.serializer.decode(payload, waiting.route, 'response'));
    } catch (cause) {
      waiting.reject(new MessageError(`the response to ${waiting.route} could not be decoded`, { cause }));
    }
  }

  #watchForSilence(): void {
    this.#alarm.set(this.#silenceLimitMs, () => this.#end('heartbeat', 'the server has gone silent'));
  }

  #socketClosed(): void {
    for (const item of this.#inbox.splice(0)) this.#handle(item);
    if (this.#socketOpened) this.#end('server', 'the connection was closed by the server or the network');
    else this.#end('unreachable', 'the server cannot be reached', { cause: this.#socketError });
  }

  #end(reason: CloseReason, message: string, more: { cause?: unknown; detail?: string } = {}): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#alarm.clear();
    this.#inbox = [];
    this.#socket.close();
    const error = new ConnectionClosedError(reason, message, more);
    this.#requests.rejectAll(error);
    this.#events.ended(error);
  }
}

function responseError(route: string, payload: Uint8Array): ResponseError {
  const { code, msg } = parseLeniently(payload);
  return new ResponseError(route, textOf(code) || 'unknown', textOf(msg));
}

function kickReason(body: Uint8Array): string {
  return textOf(parseLeniently(body)['reason']);
}

/** Errors and kicks mean what they mean even where their details can't be read. */
function parseLeniently(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decodeUtf8(body));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
