// Starts and stops the nodes of a cluster: ours (the program that NANO_TEST_NODE names) and those of Go Nano
// (the program that is built from the folder go/).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { ownHost } from './loopback.mjs';

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;
const goFolder = fileURLToPath(new URL('go', import.meta.url));

const hasGo = spawnSync('go', ['version']).status === 0;
/** Options of a test with nodes of Go Nano. */
export const withGo = {
  skip: hasGo ? false : 'Go is not installed, so no nodes of Go Nano are tried',
  timeout: 60_000,
};

/** Addresses that were free a moment ago, for those who listen where they are told to and don't say where. */
export async function freeAddresses(count) {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, ownHost));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const addresses = servers.map((server) => `${ownHost}:${server.address().port}`);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return addresses;
}

/** A process that prints "ready" when it serves. */
export class NodeProcess {
  /** Where it listens: as the process was told, or, of nodes of ours, as they print it. */
  websocketUrl = '';
  tcpAddress = '';
  address = '';
  errors = '';
  /** Resolves when it serves. Rejects, and it is no more, if that takes too long. */
  ready;
  #child;
  #exited;
  #reader;

  /** `ready` is to be awaited. */
  static launch(program, args) {
    const node = new NodeProcess();
    node.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    node.#exited = once(node.#child, 'exit');
    node.#child.stderr.on('data', (chunk) => {
      node.errors = (node.errors + chunk).slice(-20_000);
      node.#reader?.();
    });
    node.ready = node.#ready().catch(async (error) => {
      await node.kill();
      throw error;
    });
    node.ready.catch(() => {}); // also of one that is stopped before it serves
    return node;
  }

  static async start(program, args) {
    const node = NodeProcess.launch(program, args);
    await node.ready;
    return node;
  }

  /** Resolves when this stands in its log, from now or from before: a text, or the match of a pattern. */
  async logged(what) {
    const late = AbortSignal.timeout(startTimeoutMs);
    const find = () => (typeof what === 'string' ? this.errors.includes(what) : this.errors.match(what));
    for (;;) {
      const found = find();
      if (found) return found;
      if (late.aborted) throw new Error(`"${what}" was not logged in time:\n${this.errors}`);
      await new Promise((resolve) => {
        this.#reader = resolve;
        late.addEventListener('abort', resolve, { once: true });
      });
    }
  }

  /** Bytes of memory that it holds now. */
  get memory() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
  }

  get pid() {
    return this.#child.pid;
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it without a goodbye. */
  async kill() {
    if (this.running) this.#child.kill('SIGKILL');
    await this.#exited;
  }

  signal(name) {
    this.#child.kill(name);
  }

  /** Asks it to end; resolves with its exit code, or null if it had to be killed. */
  async stop() {
    if (this.running) this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await this.#exited;
    clearTimeout(timer);
    return this.#child.exitCode;
  }

  #ready() {
    return new Promise((resolve, reject) => {
      const giveUp = (why) => reject(new Error(`${this.#child.spawnfile} ${why}:\n${this.errors}`));
      const timer = setTimeout(() => giveUp('did not get ready'), startTimeoutMs);
      this.#child.once('error', reject);
      // Its last words come with "close".
      this.#child.once('close', (code, signal) => {
        clearTimeout(timer);
        giveUp(`ended with ${code ?? signal} before it was ready`);
      });
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        const [kind, address] = line.split(' ');
        if (kind === 'websocket') this.websocketUrl = address;
        if (kind === 'tcp') this.tcpAddress = address;
        if (kind === 'cluster') this.address = address;
        if (kind !== 'ready') return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/**
 * A node of ours, before it serves. `master` (a boolean) or `registry` (an address); `address`: where the
 * others reach it, else the system gives it one; `listen`: where that is another; `gate`: listen for clients;
 * `service`: the name of the service it offers; `flags`: more of them.
 */
export function launchNode({
  master,
  registry,
  address = `${ownHost}:0`,
  listen,
  gate,
  label,
  service,
  flags = [],
  command = [],
}) {
  const program = process.env.NANO_TEST_NODE;
  if (!program) throw new Error('NANO_TEST_NODE must name the node program');
  const args = ['--cluster-address', address, '--cluster-register-interval', '0.2'];
  if (master) args.push('--cluster-master');
  if (registry) args.push('--cluster-registry', registry);
  if (listen) args.push('--cluster-listen', listen);
  if (label) args.push('--cluster-label', label);
  if (service) args.push('--service', service);
  if (gate) args.push('--listen-websocket', `${ownHost}:0`, '--listen-tcp', `${ownHost}:0`);
  if (!flags.includes('--log-level')) args.push('--log-level', 'warning');
  const [first, ...others] = [...command, program, ...args, ...flags];
  const node = NodeProcess.launch(first, others);
  node.address = address;
  return node;
}

/** The same, when it serves. */
export async function startNode(options) {
  const node = launchNode(options);
  await node.ready;
  return node;
}

let goProgram;

/** Before the first test that starts one: it may take longer than a test. */
export function buildGoNode() {
  if (goProgram) return goProgram;
  const folder = process.env.NANO_GO_NODE_FOLDER;
  if (!folder) throw new Error('NANO_GO_NODE_FOLDER must name the folder that the Go node is built into');
  const program = path.resolve(folder, 'gonode');
  const own = `${program}.${process.pid}`; // others may build, and run, the same at the same time
  const built = spawnSync('go', ['build', '-o', own, '.'], { cwd: goFolder, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the Go node does not build:\n${built.stderr}`);
  renameSync(own, program);
  goProgram = program;
  return program;
}

/**
 * Version 0.5.0 registers the master's gRPC service at about the time when the server begins to serve; where
 * it is too late, gRPC ends the process. And others may have taken an address that was free.
 */
const badLuck = /RegisterService after|address already in use/;

/**
 * A node of Go Nano, when it serves; the options are those of launchNode(), but `gate` is "websocket" or
 * "tcp". Without `address` it is given one that is free.
 */
export async function startGoNode(options, attempts = 5) {
  const { master, registry, gate, label, service, flags = [] } = options;
  const program = buildGoNode();
  const [freeAddress, gateAddress] = await freeAddresses(2);
  const address = options.address ?? freeAddress;
  const args = ['-address', address];
  if (master) args.push('-master');
  if (registry) args.push('-registry', registry);
  if (label) args.push('-label', label);
  if (service) args.push('-service', service);
  if (gate) args.push('-gate', gateAddress);
  if (gate === 'websocket') args.push('-websocket');
  try {
    const node = await NodeProcess.start(program, [...args, ...flags]);
    node.address = address;
    if (gate === 'websocket') node.websocketUrl = `ws://${gateAddress}/nano`;
    if (gate === 'tcp') node.tcpAddress = gateAddress;
    return node;
  } catch (error) {
    if (attempts === 1 || !badLuck.test(error.message)) throw error;
    return startGoNode(options, attempts - 1);
  }
}

/** Stops these nodes when the test `t` ends, the last first. */
export function stopAfter(t, ...nodes) {
  t.after(async () => {
    for (const node of nodes.reverse()) await node.stop();
  });
}
