import type { AbortSignalLike } from './api.js';
import { dataPacket } from './data_packet.js';
import { RouteDictionary } from './dictionary.js';
import { ConnectionClosedError, HandshakeError, MessageError, NanoError, ProtocolError } from './errors.js';
import type { CloseReason } from './errors.js';
import { decodeHandshake, encodeHandshake } from './handshake.js';
import { Inbox } from './inbox.js';
import { inflate } from './inflate.js';
import { kickReason, responseError } from './lenient.js';
import { report } from './listeners.js';
import { decodeMessage, MessageType, type Message } from './message.js';
import type { WebSocketLike } from './options.js';
import { encodePacket, PacketDecoder, PacketType, type Packet } from './packet.js';
import { Requests } from './requests.js';
import type { Settings } from './settings.js';
import { Timer } from './timer.js';

export interface ConnectionEvents {
  /** The handshake is done; `user` is what the server said in it. */
  opened(user: unknown): void;
  pushed(route: string, body: unknown): void;
  /** Told once; nothing follows. Requests without an answer have been rejected with the same error. */
  ended(error: ConnectionClosedError): void;
}

/** One WebSocket, from its handshake to its end. */
export class Connection {
  readonly #url: string;
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
  #heartbeatMs = 0;
  readonly #inbox = new Inbox((item) => this.#handle(item));

  /** Throws a MessageError for a `user` that can't be sent, a NanoError if no WebSocket can be made. */
  constructor(url: string, settings: Settings, events: ConnectionEvents) {
    const hello = encodePacket(PacketType.handshake, encodeHandshake(settings.user));
    const socket = socketTo(url, settings.webSocket);
    this.#url = url;
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
  request(route: string, body: unknown, timeoutMs: number, signal?: AbortSignalLike): Promise<unknown> {
    const id = this.#requests.nextId();
    this.send(dataPacket(MessageType.request, id, route, body, this.#settings.serializer, this.#dictionary));
    return this.#requests.wait(id, route, timeoutMs, signal);
  }

  /** Throws a MessageError if the notify can't be sent as it is. */
  notify(route: string, body: unknown): void {
    this.send(dataPacket(MessageType.notify, 0, route, body, this.#settings.serializer, this.#dictionary));
  }

  send(packet: Uint8Array): void {
    this.#socket.send(packet);
  }

  close(): void {
    this.#end('client', 'the connection was closed by this client');
  }

  #receive(data: unknown): void {
    if (this.#phase === 'ended') return;
    if (this.#phase === 'open') this.#watchForSilence();
    try {
      if (typeof data === 'string') throw new ProtocolError('the server sent a text message');
      const chunk = new Uint8Array(data as ArrayBuffer);
      for (const packet of this.#decoder.feed(chunk)) this.#inbox.put(packet);
      this.#inbox.checkRoom();
    } catch (error) {
      this.#inbox.putEnd(error as ProtocolError);
      this.#socket.onmessage = () => {};
    }
    void this.#inbox.drain();
  }

  /** Never throws; a promise is never rejected. */
  #handle(item: Packet | NanoError): void | Promise<void> {
    try {
      if (item instanceof NanoError) throw item;
      return this.#handlePacket(item)?.catch((cause: unknown) => this.#fail(cause));
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #fail(cause: unknown): void {
    if (cause instanceof ConnectionClosedError) this.#endWith(cause);
    else if (cause instanceof HandshakeError) this.#end('refused', cause.message, { cause });
    else this.#end('protocol', cause instanceof Error ? cause.message : String(cause), { cause });
  }

  #handlePacket(packet: Packet): void | Promise<void> {
    switch (packet.type) {
      case PacketType.handshake:
        return this.#shakeHands(packet.body);
      case PacketType.heartbeat:
        if (this.#phase === 'open') this.send(encodePacket(PacketType.heartbeat));
        return;
      case PacketType.data: {
        if (this.#phase !== 'open') throw new ProtocolError('the server sent data before the handshake');
        const message = decodeMessage(packet.body, this.#dictionary);
        return message.isDeflated ? this.#handleDeflated(message) : this.#handleMessage(message);
      }
      case PacketType.kick: {
        const detail = kickReason(packet.body);
        return this.#end('kick', `the server kicked this client${detail && `: ${detail}`}`, { detail });
      }
      case PacketType.handshakeAck:
        throw new ProtocolError('the server sent a handshake acknowledgement');
    }
  }

  #shakeHands(body: Uint8Array): void {
    if (this.#phase !== 'handshake') throw new ProtocolError('the server sent a second handshake');
    const handshake = decodeHandshake(body);
    this.#dictionary = handshake.dictionary;
    this.#heartbeatMs = handshake.heartbeatMs;
    this.#phase = 'open';
    this.send(encodePacket(PacketType.handshakeAck));
    this.#alarm.clear();
    this.#watchForSilence();
    this.#events.opened(handshake.user);
  }

  async #handleDeflated(message: Message): Promise<void> {
    const payload = await inflate(message.payload, this.#settings.inflatedBytesMax);
    if (this.#phase === 'open') this.#handleMessage({ ...message, payload: payload ?? message.payload });
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
    const { route, answer } = waiting;
    if (isError) return answer.reject(responseError(route, payload));
    try {
      answer.resolve(this.#settings.serializer.decode(payload, route, 'response'));
    } catch (cause) {
      answer.reject(new MessageError(`the response to ${route} could not be decoded`, { cause }));
    }
  }

  /**
   * The server sends a heartbeat each interval: past two of them, and a half for slow roads, it counts as
   * gone. But not while a large message may be on its way, of which no program sees anything before it has
   * come whole, and behind which no heartbeat comes. The half begins when the time before it is seen to be
   * over: a program that was itself held up reads first what came meanwhile.
   */
  #watchForSilence(): void {
    const halfMs = this.#heartbeatMs / 2;
    if (halfMs === 0) return;
    const silentMs = Math.max(5 * halfMs, this.#settings.silenceTimeoutMs);
    const giveUp = () => this.#end('heartbeat', 'the server has gone silent');
    this.#alarm.set(silentMs - halfMs, () => this.#alarm.set(halfMs, giveUp));
  }

  #socketClosed(): void {
    if (this.#phase === 'ended') return;
    const error = this.#socketOpened
      ? new ConnectionClosedError('server', 'the connection was closed by the server or the network')
      : new ConnectionClosedError('unreachable', unreachable(this.#url), { cause: this.#socketError });
    // What came before the end is handled before it.
    this.#inbox.putEnd(error);
    void this.#inbox.drain();
  }

  #end(reason: CloseReason, message: string, more: { cause?: unknown; detail?: string } = {}): void {
    this.#endWith(new ConnectionClosedError(reason, message, more));
  }

  #endWith(error: ConnectionClosedError): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#alarm.clear();
    this.#inbox.clear();
    this.#socket.close();
    this.#requests.rejectAll(error);
    this.#events.ended(error);
  }
}

function socketTo(url: string, webSocket: Settings['webSocket']): WebSocketLike {
  try {
    return new webSocket(url);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NanoError(`no WebSocket to ${withoutQuery(url)} could be made: ${why}`, { cause });
  }
}

/** Browsers don't tell programs why, so nor does this. */
function unreachable(url: string): string {
  return (
    `${withoutQuery(url)} cannot be reached: is the server there, and does it serve WebSockets at this ` +
    "path? (Nano's default is /nano)"
  );
}

/** A query may hold a token, which belongs into no log. */
function withoutQuery(url: string): string {
  return String(url).replace(/[?#].*/s, '');
}
