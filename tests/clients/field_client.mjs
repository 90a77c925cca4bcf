// A client as applications build it on the npm codecs: JSON bodies, ids that count, routes by name or by
// code.

const takeTimeoutMs = 30_000;

export class FieldClient {
  handshake = null;
  #codec;
  #transport;
  #lastId = 0;
  #packets = new Mailbox('packet of type');
  #responses = new Mailbox('response to request');
  #pushes = new Mailbox('push');

  /** `codec` is a package with Package, Message, strencode and strdecode. */
  static async open(codec, transport, server) {
    const client = new FieldClient();
    client.#codec = codec;
    client.#transport = await transport(server, (bytes) => client.#receive(bytes));
    return client;
  }

  get closed() {
    return this.#transport.closed;
  }

  close() {
    this.#transport.close();
  }

  /** Resolves with the server's reply; acknowledges it when it is a welcome. */
  async shakeHands(user = {}) {
    const { Package } = this.#codec;
    this.#sendPacket(Package.TYPE_HANDSHAKE, { sys: { type: 'js-websocket', version: '1.1.1' }, user });
    this.handshake = this.#parse((await this.#packets.take(Package.TYPE_HANDSHAKE)).body);
    if (this.handshake.code === 200) this.#transport.send(Package.encode(Package.TYPE_HANDSHAKE_ACK));
    return this.handshake;
  }

  /** Resolves when the server's next heartbeat is there, with its body. */
  async heartbeat() {
    return (await this.#packets.take(this.#codec.Package.TYPE_HEARTBEAT)).body;
  }

  /** Resolves with the body of the kick. */
  async kick() {
    return this.#parse((await this.#packets.take(this.#codec.Package.TYPE_KICK)).body);
  }

  /** Resolves with { body, isError }. */
  async request(route, body, options) {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#sendMessage(id, this.#codec.Message.TYPE_REQUEST, route, body, options);
    return this.#responses.take(id);
  }

  notify(route, body, options) {
    this.#sendMessage(0, this.#codec.Message.TYPE_NOTIFY, route, body, options);
  }

  /** Resolves with { body, compressed } of the next push of this route. */
  push(route) {
    return this.#pushes.take(route);
  }

  #sendMessage(id, type, route, body, { compressed = false } = {}) {
    const { Message, Package } = this.#codec;
    const routeOrCode = compressed ? this.handshake.sys.dict[route] : route;
    const message = Message.encode(id, type, compressed, routeOrCode, this.#bytes(body));
    this.#transport.send(Package.encode(Package.TYPE_DATA, message));
  }

  #sendPacket(type, body) {
    this.#transport.send(this.#codec.Package.encode(type, this.#bytes(body)));
  }

  #receive(bytes) {
    const { Package } = this.#codec;
    // The codecs give a packet when there is one, and an array when there are several.
    for (const packet of [Package.decode(bytes)].flat()) {
      if (packet.type === Package.TYPE_DATA) this.#receiveMessage(packet.body);
      else this.#packets.put(packet.type, packet);
    }
  }

  #receiveMessage(bytes) {
    const { Message } = this.#codec;
    const message = Message.decode(bytes);
    const body = this.#parse(message.body);
    if (message.type === Message.TYPE_RESPONSE) {
      // The codecs know nothing of the bit that marks errors.
      this.#responses.put(message.id, { body, isError: (bytes[0] & 0x20) !== 0 });
    } else {
      this.#pushes.put(this.#routeOf(message), { body, compressed: Boolean(message.compressRoute) });
    }
  }

  #routeOf({ route, compressRoute }) {
    if (!compressRoute) return route;
    return Object.entries(this.handshake.sys.dict).find(([, code]) => code === route)[0];
  }

  #bytes(body) {
    return this.#codec.strencode(JSON.stringify(body));
  }

  #parse(bytes) {
    return JSON.parse(this.#codec.strdecode(bytes));
  }
}

/** Things with a key that come now or later, and are taken in order by those who wait for them. */
class Mailbox {
  #name;
  #slots = new Map();

  constructor(name) {
    this.#name = name;
  }

  put(key, value) {
    const slot = this.#slot(key);
    const next = slot.waiting.shift();
    if (next) next(value);
    else slot.values.push(value);
  }

  take(key) {
    const slot = this.#slot(key);
    if (slot.values.length > 0) return Promise.resolve(slot.values.shift());
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new Error(`no ${this.#name} ${key} within ${takeTimeoutMs} ms`));
      const timer = setTimeout(giveUp, takeTimeoutMs);
      slot.waiting.push((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  }

  #slot(key) {
    let slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, (slot = { values: [], waiting: [] }));
    return slot;
  }
}
