// A chat cluster of real processes for one test: it names nodes by their labels, starts and kills them.
import { setTimeout as pause } from 'node:timers/promises';

import { patienceMs, Program } from './program.mjs';

export class ChatCluster {
  #nodes = new Map();
  #master = '';

  /** A master, two gates that know each other as far as ports allow, and two chat nodes. */
  static async start(t) {
    const cluster = new ChatCluster();
    t.after(() => cluster.stop());
    cluster.#master = await cluster.startNode('master', 'master');
    await cluster.startGate('gate-1');
    await Promise.all([
      cluster.startGate('gate-2', '--gates', `:${new URL(cluster.url('gate-1')).port}`),
      cluster.startNode('chat', 'chat-1'),
      cluster.startNode('chat', 'chat-2'),
    ]);
    for (const gate of ['gate-1', 'gate-2']) await cluster.#knowsAll(gate);
    return cluster;
  }

  /** The address of a gate's page. */
  url(label) {
    return this.#nodes.get(label).url;
  }

  startGate(label, ...options) {
    return this.startNode('gate', label, '--listen-websocket', '127.0.0.1:0', ...options);
  }

  /** Resolves with what the node prints when it has joined the cluster: its address or its page's. */
  async startNode(role, label, ...options) {
    const place = ['--role', role, '--cluster-label', label, '--cluster-address', '127.0.0.1:0'];
    const registry = role === 'master' ? [] : ['--cluster-registry', this.#master];
    const line = new RegExp(`^${label}: (.*)`);
    const program = new Program('NANO_CLUSTER', [...place, ...registry, ...options], line);
    const node = { program, url: '' };
    this.#nodes.set(label, node);
    node.url = await program.address;
    return node.url;
  }

  /** As a power cut would. */
  async kill(label) {
    await this.#end(label, 'SIGKILL');
  }

  async stop() {
    await Promise.all([...this.#nodes.keys()].map((label) => this.#end(label, 'SIGTERM')));
  }

  /** Waits until the gate has heard of all nodes: it sends nobody to a node that it has not heard of. */
  async #knowsAll(gate) {
    const all = [...this.#nodes.keys()].sort().join();
    const endMs = performance.now() + patienceMs;
    for (;;) {
      const answer = await fetch(new URL('/nodes', this.url(gate)));
      const { nodes } = await answer.json();
      const known = nodes.map(({ name }) => name).sort().join();
      if (known === all) return;
      if (performance.now() > endMs) throw new Error(`${gate} knows ${known}, not ${all}`);
      await pause(20);
    }
  }

  /** Resolves with the exit code. */
  async #end(label, signal) {
    const { program } = this.#nodes.get(label);
    this.#nodes.delete(label);
    return program.end(signal);
  }
}
