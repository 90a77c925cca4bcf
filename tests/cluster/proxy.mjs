// A TCP proxy in front of a node, for what can happen to the network between two nodes.
import { once } from 'node:events';
import net from 'node:net';

import { ownHost } from './loopback.mjs';

/** One connection through the proxy: the caller's end, and the proxy's own to the node. */
class Relay {
  constructor(proxy, caller, port) {
    this.proxy = proxy;
    this.caller = caller;
    this.node = net.connect({ host: ownHost, port, allowHalfOpen: true });
    this.#pass(this.caller, this.node, 'toNode');
    this.#pass(this.node, this.caller, 'toCaller');
    this.obey();
  }

  /** Reads, or not, as the proxy is set. */
  obey() {
    const { flowing } = this.proxy;
    this.caller[flowing.toNode ? 'resume' : 'pause']();
    this.node[flowing.toCaller ? 'resume' : 'pause']();
  }

  #pass(from, to, direction) {
    from.setNoDelay(true);
    from.on('error', () => {}); // "close" follows
    from.on('data', (chunk) => {
      const write = () => {
        if (to.destroyed || to.write(chunk)) return;
        from.pause();
        to.once('drain', () => this.proxy.flowing[direction] && from.resume());
      };
      this.proxy.delayMs > 0 ? setTimeout(write, this.proxy.delayMs) : write();
    });
    from.on('end', () => to.end());
    from.on('close', () => {
      this.proxy.relays.delete(this);
      // What has not been passed on is lost, as with a host that goes.
      if (!this.halfOpen) to.destroy();
    });
  }
}

export class Proxy {
  address = '';
  relays = new Set();
  flowing = { toNode: true, toCaller: true };
  delayMs = 0;
  #server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
  #abandoned = [];
  /** To be called with the address where the node listens; callers wait until then. */
  passTo;
  #port = new Promise((resolve) => (this.passTo = (address) => resolve(Number(address.split(':')[1]))));

  /** Ends with the test `t`. */
  static async start(t) {
    const proxy = new Proxy();
    proxy.#server.on('connection', async (caller) => {
      proxy.relays.add(new Relay(proxy, caller, await proxy.#port));
    });
    proxy.#server.listen(0, ownHost);
    await once(proxy.#server, 'listening');
    proxy.address = `${ownHost}:${proxy.#server.address().port}`;
    t.after(() => proxy.#close());
    return proxy;
  }

  /** Nothing passes any more, and nobody is told; new connections are taken, and nothing passes there. */
  cut() {
    this.#flow({ toNode: false, toCaller: false });
  }

  /** What the callers say is not read any more. */
  stopReading() {
    this.#flow({ toNode: false, toCaller: true });
  }

  /** What was held back passes, and all that comes. */
  heal() {
    this.delayMs = 0;
    this.#flow({ toNode: true, toCaller: true });
  }

  /** All connections break, and both ends hear of it. */
  reset() {
    for (const relay of [...this.relays]) relay.caller.resetAndDestroy();
  }

  /** All connections break, and only `end` ("caller" or "node") hears of it. */
  halfOpen(end) {
    for (const relay of [...this.relays]) {
      relay.halfOpen = true;
      const [told, other] = end === 'caller' ? [relay.caller, relay.node] : [relay.node, relay.caller];
      told.resetAndDestroy();
      other.removeAllListeners('data');
      other.resume(); // it may say what it likes
      this.#abandoned.push(other);
    }
  }

  #flow(flowing) {
    this.flowing = flowing;
    for (const relay of this.relays) relay.obey();
  }

  #close() {
    this.#server.close();
    for (const socket of this.#abandoned) socket.destroy();
    for (const relay of [...this.relays]) relay.caller.destroy();
  }
}
