// The servers that are measured, each behind the same few words:
//
//   unavailable()                  null, or the sentence that says why it is left out
//   start({ transport, flags })    a started server: addresses { tcp, websocket, http } as far as it has
//                                  them, pids by name, stop()
//   flags(scenario)                what nano-bench needs to talk to it
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { NodeProcess, startGoNode, startNode, withGo } from '../../tests/cluster/nodes.mjs';
import { nginx } from './nginx.mjs';
import { servedFiles } from './temporary_folder.mjs';

/** Ends what goes on after it was said to stop. */
export class Stopped extends Error {}

/** What must not outlive the runner. Belongs to the one who makes it. */
export class Running {
  #entries = new Set();
  #stopping = false;

  /** `entry.stop()` ends it; returns the entry. Throws Stopped after stopAll(), and then it is not begun. */
  add(entry) {
    if (this.#stopping) throw new Stopped('stopped');
    this.#entries.add(entry);
    return entry;
  }

  remove(entry) {
    this.#entries.delete(entry);
  }

  async stopAll() {
    this.#stopping = true;
    await Promise.allSettled([...this.#entries].map((entry) => entry.stop()));
  }
}

// The kernel ends them when the runner is killed and cannot.
const bound = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM'] : [];

const folders = ['server', 'limit', 'load', 'cluster', ''];

/** The path of a program that the build made, below `folder`. */
export function programPath(folder, name) {
  const found = folders.map((sub) => path.join(folder, sub, name)).find((file) => existsSync(file));
  if (!found) throw new Error(`there is no program ${name} in ${folder}; build it with ./dev build`);
  return found;
}

function asServer(process) {
  return {
    addresses: {
      tcp: process.tcpAddress,
      websocket: process.websocketUrl,
      http: process.websocketUrl, // all that is no WebSocket is answered there, too
    },
    pids: { server: process.pid },
    stop: () => process.stop(),
  };
}

function program(folder, name, ownFlags) {
  return {
    unavailable: () => null,
    start: async ({ transport, flags = [] }) => {
      const files = name === 'nano-bench-server' && transport === 'http' ? ['--files', servedFiles()] : [];
      const [first, ...rest] = [...bound, programPath(folder, name), ...ownFlags, ...files, ...flags];
      return asServer(await NodeProcess.start(first, rest));
    },
    flags: () => [],
  };
}

/** A bare echo server; where io_uring is not permitted, the program's own sentence says so. */
function echo(folder, backend) {
  const unavailable = () => {
    const { status, stderr } = spawnSync(programPath(folder, 'nano-bench-echo'), [backend, '--check'], {
      encoding: 'utf8',
    });
    return status === 0 ? null : stderr.replace(/^nano-bench-echo: /, '').trim();
  };
  return { ...program(folder, 'nano-bench-echo', [backend]), unavailable };
}

const nodeKinds = {
  our: (options) => startNode({ ...options, command: bound }),
  go: startGoNode,
};

/** A master, a backend and a gate; what they cost is that of the gate and the backend. */
async function startCluster(gateKind, backendKind) {
  const nodes = [];
  const stop = async () => {
    for (const node of nodes) await node.stop();
  };
  const add = async (start, options) => {
    nodes.unshift(await start(options));
    return nodes[0];
  };
  try {
    const { address: registry } = await add(nodeKinds[gateKind], { master: true });
    const backend = await add(nodeKinds[backendKind], { registry, service: 'Test' });
    const gate = await add(nodeKinds[gateKind], { registry, gate: 'tcp' });
    return { addresses: { tcp: gate.tcpAddress }, pids: { gate: gate.pid, backend: backend.pid }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function cluster(folder, gateKind, backendKind) {
  const needsGo = gateKind === 'go' || backendKind === 'go';
  return {
    unavailable: () =>
      needsGo && withGo.skip ? 'Go is not installed, so there are no nodes of Go Nano' : null,
    start: () => {
      process.env.NANO_TEST_NODE = programPath(folder, 'nano-bench-node');
      process.env.NANO_GO_NODE_FOLDER = path.dirname(process.env.NANO_TEST_NODE);
      return startCluster(gateKind, backendKind);
    },
    flags: () => [],
  };
}

/** `folder`: where the build puts the programs. */
export function ownServers(folder) {
  const listeners = ['--tcp', '127.0.0.1:0', '--websocket', '127.0.0.1:0', '--path', '/nano'];
  return {
    ours: program(folder, 'nano-bench-server', listeners),
    limit: program(folder, 'nano-bench-limit', []),
    nginx: nginx(bound),
    'echo-epoll': echo(folder, 'epoll'),
    'echo-io_uring': echo(folder, 'io_uring'),
    cluster: cluster(folder, 'our', 'our'),
    'cluster-go': cluster(folder, 'go', 'go'),
    'cluster-our-gate': cluster(folder, 'our', 'go'),
    'cluster-our-backend': cluster(folder, 'go', 'our'),
  };
}
