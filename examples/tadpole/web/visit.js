// @ts-check
// One visitor's stay in the pond: the connection, and what goes over it.
import { connect, ResponseError, TimeoutError } from './nano-client/index.js';
import { Helm } from './helm.js';
import * as view from './view.js';
import { World } from './world.js';

const rejoinDelayMs = 1000;
const latencyEveryMs = 2000;
const latenciesKept = 5;
const reconnect = { minDelayMs: 300, maxDelayMs: 5000 };

/**
 * With the routes that the server printed, editors and compilers check each call.
 * @typedef {import('./nano-client/index.js').TypedClient<import('./routes.js').Routes>} Client
 */

export class Visit {
  world = new World();
  name;
  /** Whether it has been in the pond; it may have lost the connection since. */
  hasBegun = false;
  /** @type {Client | null} */
  #client = null;
  #ended;
  #hasEnded = false;
  #helm;
  #timer;
  #latencies = [];

  /** `ended` is called with a sentence when the visit is over and the visitor did not ask for it. */
  constructor(name, ended) {
    this.name = name;
    this.#ended = ended;
  }

  /** Rejects when that fails. */
  async begin() {
    await this.#arrive();
    this.hasBegun = true;
  }

  end() {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#client?.close();
  }

  /** Asks for this steering; returns the one that holds. Without a connection the tadpole rests. */
  steer(wanted, nowMs) {
    const steering = this.#helm.steer(wanted, nowMs);
    return this.#client.state === 'open' ? steering : { ...steering, thrust: 0 };
  }

  /** Steers to rest, at once; returns the steering that holds. Only for who is in the pond. */
  rest(nowMs) {
    return this.#helm.rest(nowMs);
  }

  /** Whether that went out. */
  say(text) {
    return this.#client?.notify('Pond.Say', { text }) ?? false;
  }

  sentenceFor(error) {
    if (error instanceof ResponseError) return error.message;
    if (this.#client === null) return 'The pond cannot be reached. Please try again.';
    return 'The pond does not answer. Please try again.';
  }

  async #arrive() {
    const client = await connect(serverUrl(), { reconnect });
    if (this.#hasEnded) return client.close();
    this.#client = client;
    this.#listen(client);
    await this.#enter();
  }

  /** @param {Client} client */
  #listen(client) {
    const { world } = this;
    client.on('onView', (change) => world.viewChanged(change, performance.now()));
    client.on('onMoves', (moves) => world.moved(moves, performance.now(), this.#roundTripMs()));
    client.on('onVisitors', ({ visitors }) => view.showVisitors(visitors));
    client.on('onSay', (said) => {
      const speaker = world.said(said, performance.now());
      if (speaker !== undefined) view.addSpeech(speaker.name, said.text);
    });
    client.onState((change) => client === this.#client && this.#stateChanged(change));
  }

  /** @param {import('./nano-client/index.js').StateChange} change */
  #stateChanged(change) {
    clearTimeout(this.#timer);
    if (this.#hasEnded) return;
    if (change.state === 'open') this.#enterAgain();
    if (change.state === 'reconnecting') this.#showLost();
    if (change.state === 'closed') this.#ended(goodbye(change.error));
  }

  #showLost() {
    view.showConnection('reconnecting', 'Connection lost, reconnecting…');
    view.showLatency(null);
  }

  async #enter() {
    const client = this.#client;
    this.#latencies = [];
    this.world.clear();
    const sentAtMs = performance.now();
    const reply = await client.request('Pond.Enter', { name: this.name });
    if (this.#hasEnded) return;
    const nowMs = performance.now();
    this.#heardBack(nowMs - sentAtMs);
    this.name = reply.name;
    this.#helm = new Helm({ heading: reply.self.heading, thrust: 0 }, (steering) =>
      client.notify('Pond.Steer', steering),
    );
    this.world.enter(reply, nowMs);
    view.showVisitors(reply.visitors);
    view.showConnection('open', 'Connected');
    this.#measureLater();
  }

  /** To the server a new connection is a stranger. */
  async #enterAgain() {
    view.showConnection('reconnecting', 'Connected, diving in again…');
    try {
      await this.#enter();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Entering again failed, by the same connection or by a new one. */
  #failed(error) {
    // Where there is a connection and it is gone again, its next state says what follows.
    if (this.#hasEnded || (this.#client !== null && this.#client.state !== 'open')) return;
    if (error instanceof ResponseError) this.#ended(error.message);
    else this.#arriveAnew(error instanceof TimeoutError ? 0 : rejoinDelayMs);
  }

  /** What was not answered in time may have been done, and nobody enters twice by one connection. */
  #arriveAnew(delayMs) {
    const left = this.#client;
    this.#client = null;
    left?.close();
    this.#showLost();
    this.#timer = setTimeout(() => this.#arrive().catch((error) => this.#failed(error)), delayMs);
  }

  #measureLater() {
    this.#timer = setTimeout(() => this.#measure(), latencyEveryMs);
  }

  /** The way to the server and back is timed with its cheapest request. */
  async #measure() {
    const client = this.#client;
    const sentAtMs = performance.now();
    let isAnswered = true;
    try {
      await client.request('Pond.Stats');
    } catch (error) {
      isAnswered = error instanceof ResponseError;
    }
    // A new connection measures for itself.
    if (client !== this.#client || client.state !== 'open' || this.world.own === null) return;
    if (isAnswered) this.#heardBack(performance.now() - sentAtMs);
    this.#measureLater();
  }

  #heardBack(ms) {
    this.#latencies.push(ms);
    if (this.#latencies.length > latenciesKept) this.#latencies.shift();
    view.showLatency(ms);
  }

  /** The shortest of late: the longer ones tell of a busy moment rather than of the way. */
  #roundTripMs() {
    return this.#latencies.length > 0 ? Math.min(...this.#latencies) : 0;
  }
}

function serverUrl() {
  const url = new URL('/nano', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function goodbye({ reason, detail }) {
  if (reason !== 'kick') return 'The server closed the connection.';
  return detail ? `The server sent you out of the pond: ${detail}` : 'The server sent you out of the pond.';
}
