// The benchmark's server on Colyseus: all clients are in one room, and requests are its messages that want a
// reply. The room has no state, so nothing is sent at a patch rate.
import { Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';

import { announce, endWhenTold, installedVersion } from '../serving.mjs';

endWhenTold();

class Bench extends Room {
  onCreate() {
    this.onMessage('Bench.Echo', (client, payload) => payload);
    this.onMessage('Bench.Join', (client, payload) => {
      client.userData = { joined: true };
      return payload;
    });
    // Every client of Colyseus is in a room. Who sends without having joined ours does not hear itself.
    this.onMessage('Bench.Say', (client, payload) => {
      this.broadcast('onSay', payload, client.userData?.joined ? undefined : { except: client });
    });
  }
}

// The default transport with its defaults, which have compression off.
const transport = new WebSocketTransport();
const server = new Server({ transport, greet: false });
server.define('bench', Bench);
await server.listen(0, '127.0.0.1', 4096);
const version = installedVersion('@colyseus/core', import.meta.url);
announce('colyseus', version, ['websocket'], transport.server.address());
