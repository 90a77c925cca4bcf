// Nodes of Go Nano that end and come again, and a master of Go Nano that does, in clusters with ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clientOf, eventually, reachable, within } from './clients.mjs';
import { freeAddresses, startGoNode, startNode, stopAfter, withGo } from './nodes.mjs';

/** Far below the deadline of a request, which is 30 seconds. */
const atOnceMs = 5_000;

/** Our master, our gate and a client of it; a Go backend that offers `Go`. */
async function clusterWithGoBackend(t) {
  const [registry, gateAddress, address] = await freeAddresses(3);
  const master = await startNode({ master: true, address: registry });
  stopAfter(t, master);
  const gate = await startNode({ registry, address: gateAddress, gate: true });
  stopAfter(t, gate);
  const startBackend = async () => {
    const backend = await startGoNode({ registry, address, service: 'Go', label: 'Go backend' });
    stopAfter(t, backend);
    return backend;
  };
  const backend = await startBackend();
  const client = await clientOf(t, gate);
  await reachable(client, 'Go');
  return { client, backend, registry, startBackend };
}

/** Waits until the service has all that was sent before. */
const settled = (client, service) => client.request(`${service}.Echo`, {});

test('requests that wait for a Go backend fail at once when it is killed', withGo, async (t) => {
  const { client, backend } = await clusterWithGoBackend(t);
  const waiting = client.request('Go.Never', {});
  await settled(client, 'Go');
  await Promise.all([
    within(atOnceMs, assert.rejects(waiting, { name: 'ResponseError', code: 'unavailable' })),
    backend.kill(),
  ]);
  await within(atOnceMs, assert.rejects(client.request('Go.Echo', {}), { name: 'ResponseError' }));
});

test('a Go backend that was killed and starts again serves the same client', withGo, async (t) => {
  const { client, backend, startBackend } = await clusterWithGoBackend(t);
  await backend.kill();
  await startBackend();
  await reachable(client, 'Go');
  for (let n = 0; n < 100; ++n) client.notify('Go.Seq', { n });
  assert.equal((await client.request('Go.Seen', {})).numbers.length, 100);
});

test('a Go backend that stops in order is known to be gone, and may come again', withGo, async (t) => {
  const { client, backend, startBackend } = await clusterWithGoBackend(t);
  assert.equal(await backend.stop(), 0, 'Go Nano waits for calls in flight, and there is none');
  await within(atOnceMs, assert.rejects(client.request('Go.Echo', {}), { name: 'ResponseError' }));
  await startBackend();
  await reachable(client, 'Go');
});

test('a client of a killed Go backend goes to the one that is left', withGo, async (t) => {
  const { client, backend, registry } = await clusterWithGoBackend(t);
  const [address] = await freeAddresses(1);
  stopAfter(t, await startGoNode({ registry, address, service: 'Go', label: 'the other' }));
  assert.equal((await client.request('Go.Who', {})).label, 'Go backend', 'a session stays where it is');
  await backend.kill();
  await eventually(async () => (await client.request('Go.Who', {})).label === 'the other');
});

/**
 * A Go master that may be restarted, our gate and a client of it, our backend. Each offers a service: `Home`,
 * `Front` and `Ours`.
 */
async function clusterWithGoMaster(t) {
  const [registry, gateAddress, address] = await freeAddresses(3);
  const startMaster = async () => {
    const master = await startGoNode({ master: true, address: registry, service: 'Home' });
    stopAfter(t, master);
    return master;
  };
  const startBackend = async () => {
    const backend = await startNode({ registry, address, service: 'Ours' });
    stopAfter(t, backend);
    return backend;
  };
  const master = await startMaster();
  const gate = await startNode({ registry, address: gateAddress, gate: true, service: 'Front' });
  stopAfter(t, gate);
  const backend = await startBackend();
  const client = await clientOf(t, gate);
  await reachable(client, 'Ours');
  return { registry, client, gate, master, backend, startMaster, startBackend };
}

/** Resolves when the Go master knows who offers the service: it forwards a notify then. */
function registered(client, service) {
  return eventually(() => {
    const pushed = client.once('onMark', { timeoutMs: 500 });
    client.notify('Home.Tell', { route: `${service}.Mark`, text: 'known' });
    return pushed;
  });
}

test('a Go master that knows the address of our killed node lets it in again', withGo, async (t) => {
  const { client, backend, startBackend } = await clusterWithGoMaster(t);
  await backend.kill();
  // Go Nano refuses an address that it knows, until that is unregistered.
  await startBackend();
  await reachable(client, 'Ours');
});

test('our nodes work on without their Go master, and find it again', withGo, async (t) => {
  const { registry, client, gate, master, startMaster } = await clusterWithGoMaster(t);
  await master.kill();
  assert.deepEqual(await client.request('Ours.Echo', { n: 1 }), { n: 1 });

  await startMaster();
  // Of two nodes that register at the same moment, a Go master tells neither about the other.
  for (const service of ['Front', 'Ours']) await registered(client, service);
  const [backendAddress, gateAddress] = await freeAddresses(2);
  stopAfter(t, await startGoNode({ registry, address: backendAddress, service: 'Go' }));
  await reachable(client, 'Go');
  assert.deepEqual(await client.request('Ours.Echo', { n: 2 }), { n: 2 });
  const goGate = await startGoNode({ registry, address: gateAddress, gate: 'websocket' });
  stopAfter(t, goGate);
  await reachable(await clientOf(t, goGate), 'Ours');
  await reachable(await clientOf(t, gate), 'Go');
});

test('a Go backend that is killed is a member no more, though nobody asks it', withGo, async (t) => {
  const [registry, address] = await freeAddresses(2);
  const master = await startNode({ master: true, address: registry });
  stopAfter(t, master);
  const backend = await startGoNode({ registry, address, service: 'Go' });
  stopAfter(t, backend);
  await backend.kill();
  await eventually(() => master.errors.includes(`cluster member gone address=${address}`));
});

test('Go nodes are members also when our master has started anew', withGo, async (t) => {
  const [registry, ...addresses] = await freeAddresses(7);
  const startMaster = async () => {
    const master = await startNode({ master: true, address: registry });
    stopAfter(t, master);
    return master;
  };
  const add = async (start, options) => {
    const node = await start({ registry, address: addresses.pop(), ...options });
    stopAfter(t, node);
    return node;
  };
  const master = await startMaster();
  const goBackend = await add(startGoNode, { service: 'Go' });
  const goGate = await add(startGoNode, { gate: 'websocket' });
  const ourBackend = await add(startNode, { service: 'Ours' });
  const goGateClient = await clientOf(t, goGate);
  for (const service of ['Go', 'Ours']) await reachable(goGateClient, service);

  await master.kill();
  await startMaster();
  // Whoever comes now hears of the Go nodes, and they hear of it, only by the new master.
  const ourGate = await add(startNode, { gate: true });
  const ourGateClient = await clientOf(t, ourGate);
  for (const service of ['Go', 'Ours']) await reachable(ourGateClient, service);
  await add(startNode, { service: 'Late' });
  for (const client of [goGateClient, ourGateClient]) await reachable(client, 'Late');

  // A Go node that was told of a member twice ends when that member goes.
  await ourBackend.stop();
  await goBackend.stop();
  await add(startGoNode, { service: 'Later' });
  for (const client of [goGateClient, ourGateClient]) await reachable(client, 'Later');
  assert.ok(goGate.running);
});
