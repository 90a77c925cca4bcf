// Measures round trips from clients through a gate to a backend and back, with nodes of ours and of Go Nano.
// After `./dev build`, and with Go installed:
//
//   node benchmark/cluster/round_trips.mjs [ours] [go] [our-gate] [go-gate] [-- flags for nano-bench]
//
// ours, go: all nodes of one kind; our-gate: in front of a Go backend; go-gate: in front of ours. Without
// names: ours and go.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { freeAddresses, startGoNode, startNode } from '../../tests/cluster/nodes.mjs';

const build = fileURLToPath(new URL('../../build/release/benchmark', import.meta.url));
process.env.NANO_TEST_NODE ??= path.join(build, 'cluster', 'nano-bench-node');
process.env.NANO_GO_NODE_FOLDER ??= path.join(build, 'cluster');

const kinds = {
  ours: { gate: startNode, backend: startNode },
  go: { gate: startGoNode, backend: startGoNode },
  'our-gate': { gate: startNode, backend: startGoNode },
  'go-gate': { gate: startGoNode, backend: startNode },
};

async function measure(name, loadFlags) {
  const { gate: startGate, backend: startBackend } = kinds[name];
  const [registry, backendAddress, gateAddress] = await freeAddresses(3);
  const nodes = [];
  const add = async (starting) => {
    nodes.unshift(await starting);
    return nodes[0];
  };
  try {
    await add(startGate({ master: true, address: registry }));
    const backend = await add(startBackend({ registry, address: backendAddress, service: 'Test' }));
    const gate = await add(startGate({ registry, address: gateAddress, gate: 'tcp' }));
    console.log(`--- ${name}`);
    const processes = ['--pid', `gate=${gate.pid}`, '--pid', `backend=${backend.pid}`];
    const target = ['--route', 'Test.Echo', '--address', gate.tcpAddress];
    const flags = ['request', ...target, ...processes, ...loadFlags];
    const load = spawn(path.join(build, 'load', 'nano-bench'), flags, { stdio: 'inherit' });
    const [code] = await once(load, 'exit');
    if (code !== 0) process.exitCode = 1;
  } finally {
    for (const node of nodes) await node.stop();
  }
}

const separator = process.argv.indexOf('--');
const end = separator < 0 ? process.argv.length : separator;
const names = process.argv.slice(2, end);
const unknown = names.filter((name) => !(name in kinds));
if (unknown.length > 0) {
  console.error(`there is no ${unknown.join(', ')}; choose of: ${Object.keys(kinds).join(', ')}`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : ['ours', 'go']) {
  await measure(name, process.argv.slice(end + 1));
}
