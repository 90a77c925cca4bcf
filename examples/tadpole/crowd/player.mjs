// One simulated player. It reads all that it is sent, as a page does.
import { connect } from '../../../client-js/dist/index.js';

/** Node has a WebSocket from version 22 on. */
const WebSocket = globalThis.WebSocket ?? (await import('ws')).default;
const lines = ['Hello!', 'Anybody here?', 'Swim with me!', 'What a fine pond.', 'So many of us 🐸'];

export class Player {
  /** Counted since it entered; `strangers`: moves of tadpoles that the server had not told it of. */
  bytes = 0;
  pushes = 0;
  moves = 0;
  lines = 0;
  strangers = 0;
  isLost = false;
  #name;
  #client = null;
  #inView = new Map();
  #id;

  constructor(name) {
    this.#name = name;
  }

  async enter(url) {
    this.#client = await connect(url, { webSocket: this.#countingWebSocket() });
    this.#listen(this.#client);
    this.#id = (await this.#client.request('Pond.Enter', { name: this.#name })).id;
  }

  steer() {
    const heading = Math.round((Math.random() * 2 - 1) * 3141);
    const thrust = Math.random() < 0.2 ? 0 : Math.round(30 + Math.random() * 70);
    this.#client.notify('Pond.Steer', { heading, thrust });
  }

  speak() {
    this.#client.notify('Pond.Say', { text: lines[Math.floor(Math.random() * lines.length)] });
  }

  stats() {
    return this.#client.request('Pond.Stats');
  }

  leave() {
    this.#client?.close();
  }

  #listen(client) {
    client.on('onView', ({ came, gone }) => {
      this.pushes += 1;
      for (const id of gone) this.#inView.delete(id);
      for (const { swimmer } of came) this.#inView.set(swimmer.id, swimmer);
    });
    client.on('onMoves', ({ moved }) => {
      this.pushes += 1;
      this.moves += moved.length;
      for (const swimmer of moved) {
        if (this.#inView.has(swimmer.id)) this.#inView.set(swimmer.id, swimmer);
        else if (swimmer.id !== this.#id) this.strangers += 1;
      }
    });
    client.on('onSay', () => {
      this.pushes += 1;
      this.lines += 1;
    });
    client.on('onVisitors', () => (this.pushes += 1));
    client.onState(({ state, error }) => {
      if (state === 'closed' && error.reason !== 'client') this.isLost = true;
    });
  }

  #countingWebSocket() {
    const player = this;
    return class extends WebSocket {
      constructor(url) {
        super(url);
        this.addEventListener('message', ({ data }) => (player.bytes += data.byteLength));
      }
    };
  }
}
