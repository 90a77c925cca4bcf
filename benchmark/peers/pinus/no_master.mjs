// The link of a pinus server to its master where there is no master: it is accepted, and nothing comes of
// it. The master of pinus starts servers and tells them of each other; a single server has no use for it.
import { EventEmitter } from 'node:events';

const accepted = 1; // pinus-admin: PRO_CODE.OK

export class NoMaster extends EventEmitter {
  connect() {
    setImmediate(() => this.emit('connect'));
  }

  send(topic) {
    if (topic === 'register') setImmediate(() => this.emit('register', { code: accepted }));
  }

  disconnect() {}
}
