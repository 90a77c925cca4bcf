// A chat cluster of real processes for one test: it names nodes by their labels, starts and kills them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const startTimeoutMs = 20_000;

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
    const program = process.env.NANO_CLUSTER;
    if (!program) throw new Error('NANO_CLUSTER must name the program');
    const place = ['--role', role, '--cluster-label', label, '--cluster-address', '127.0.0.1:0'];
    const registry = role === 'master' ? [] : ['--cluster-registry', this.#master];
    const child = spawn(program, [...place, ...registry, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const node = { child, url: '' };
    this.#nodes.set(label, node);
    node.url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${label} did not join the cluster`)), startTimeoutMs);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${label} ended with code ${code} before it was ready`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (!line.startsWith(`${label}: `)) return;
        clearTimeout(timer);
        resolve(line.slice(label.length + 2));
      });
    });
    return node.url;
  }

  /** As a power cut would. */
  async kill(label) {
    await this.#end(label, 'SIGKILL');
  }

  async stop() {
    await Promise.all([...this.#nodes.keys()].map((label) => this.#end(label, 'SIGTERM')));
  }

  /** Resolves with the exit code. */
  async #end(label, signal) {
    const { child } = this.#nodes.get(label);
    this.#nodes.delete(label);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = await exited;
    return code;
  }
}
