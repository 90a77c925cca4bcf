// Nodes of Go Nano that end and come again, and a master of Go Nano that does, in clusters with ours.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { clientOf, eventually, eventuallyEqual, reachable } from './clients.mjs';
import { buildGoNode, startGoNode, startNode, stopAfter, withGo } from './nodes.mjs';

before(() => {
  if (!withGo.skip) buildGoNode();
});

/** Our master, our gate and a client of it; a Go backend that offers `Go`. */
async function clusterWithGoBackend(t) {
  const master = await startNode({ master: true });
  stopAfter(t, master);
  const registry = master.address;
  const gate = await startNode({ registry, gate: true });
  stopAfter(t, gate);
  const startBackend = async (address) => {
    const backend = await startGoNode({ registry, address, service: 'Go', label: 'Go backend' });
    stopAfter(t, backend);
    return backend;
  };
  const backend = await startBackend();
  const client = await clientOf(t, gate);
  await reachable(client, 'Go');
  const startAgain = () => startBackend(backend.address);
  return { master, client, backend, registry, startAgain };
}

/** Waits until the service has all that was sent before. */
const settled = (client, service) => client.request(`${service}.Echo`, {});

test('requests that wait for a Go backend fail at once when it is killed', withGo, async (t) => {
  const { master, client, backend } = await clusterWithGoBackend(t);
  const waiting = client.request('Go.Never', {});
  await settled(client, 'Go');
  master.signal('SIGSTOP'); // the gate is to find out by itself
  const found = { code: 'unavailable', msg: 'The service cannot be reached.' };
  await Promise.all([assert.rejects(waiting, found), backend.kill()]);
  master.signal('SIGCONT');
  await assert.rejects(client.request('Go.Echo', {}), { code: 'unavailable' });
});

test('a handler that a Go backend does not have is an unknown route', withGo, async (t) => {
  const { client } = await clusterWithGoBackend(t);
  await assert.rejects(client.request('Go.Nope', {}), { code: 'unknown_route' });
  assert.deepEqual(await client.request('Go.Echo', { n: 1 }), { n: 1 });
});

test('a Go backend that was killed and starts again serves the same client', withGo, async (t) => {
  const { client, backend, registry, startAgain } = await clusterWithGoBackend(t);
  await backend.kill();
  await startAgain();
  // News come in their order: who knows of this node has heard that the backend was replaced.
  stopAfter(t, await startNode({ registry, service: 'Later' }));
  await reachable(client, 'Later');
  await reachable(client, 'Go');
  for (let n = 0; n < 100; ++n) client.notify('Go.Seq', { n });
  assert.equal((await client.request('Go.Seen', {})).numbers.length, 100);
});

test('a Go backend that stops in order is known to be gone, and may come again', withGo, async (t) => {
  const { client, backend, startAgain } = await clusterWithGoBackend(t);
  assert.equal(await backend.stop(), 0, 'Go Nano waits for calls in flight, and there is none');
  await assert.rejects(client.request('Go.Echo', {}), { code: 'unavailable' });
  await startAgain();
  await reachable(client, 'Go');
});

test('a client of a killed Go backend goes to the one that is left', withGo, async (t) => {
  const { client, backend, registry } = await clusterWithGoBackend(t);
  stopAfter(t, await startGoNode({ registry, service: 'Go', label: 'the other' }));
  const label = async () => (await client.request('Go.Who', {})).label;
  assert.equal(await label(), 'Go backend', 'a session stays where it is');
  await backend.kill();
  await eventuallyEqual(label, 'the other');
});

/**
 * A Go master that may be restarted, our gate and a client of it, our backend. Each offers a service: `Home`,
 * `Front` and `Ours`.
 */
async function clusterWithGoMaster(t) {
  const add = async (start, options) => {
    const node = await start(options);
    stopAfter(t, node);
    return node;
  };
  const startMaster = (address) => add(startGoNode, { master: true, address, service: 'Home' });
  const master = await startMaster();
  const registry = master.address;
  const startBackend = (address) => add(startNode, { registry, address, service: 'Ours' });
  const gate = await add(startNode, { registry, gate: true, service: 'Front' });
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
  await startBackend(backend.address);
  await reachable(client, 'Ours');
});

test('our killed node comes again soon, though others have registered after it', withGo, async (t) => {
  const { registry, client, backend, startBackend } = await clusterWithGoMaster(t);
  for (const service of ['Later', 'Last']) {
    stopAfter(t, await startNode({ registry, service }));
    await reachable(client, service);
  }
  await backend.kill();
  // The master tells all its members, and fails at this one until its own connection to it is made again.
  await startBackend(backend.address);
  await reachable(client, 'Ours');
});

test('our nodes that register with a Go master at the same instant find each other', withGo, async (t) => {
  const master = await startGoNode({ master: true });
  stopAfter(t, master);
  const registry = master.address;
  const services = ['One', 'Two', 'Three', 'Four'];
  const nodes = await Promise.all([
    startNode({ registry, gate: true }),
    ...services.map((service) => startNode({ registry, service })),
  ]);
  stopAfter(t, ...nodes);
  const client = await clientOf(t, nodes[0]);
  for (const service of services) await reachable(client, service);
  assert.ok(master.running);
});

test('sessions of a Go gate that was killed under a Go master end at our backends', withGo, async (t) => {
  const { registry, client } = await clusterWithGoMaster(t);
  const goGate = await startGoNode({ registry, gate: 'websocket' });
  const lost = await clientOf(t, goGate);
  await reachable(lost, 'Ours');
  const marked = lost.once('onMark', { timeoutMs: 10_000 });
  lost.notify('Ours.Mark', { text: 'behind the Go gate' });
  await marked;
  await goGate.kill();
  const marks = async () => (await client.request('Ours.Closed', {})).marks;
  await eventuallyEqual(marks, ['behind the Go gate']);
});

test('our nodes work on without their Go master, and find it again', withGo, async (t) => {
  const { registry, client, gate, master, startMaster } = await clusterWithGoMaster(t);
  await master.kill();
  assert.deepEqual(await client.request('Ours.Echo', { n: 1 }), { n: 1 });

  await startMaster(registry);
  // Of two nodes that register at the same moment, a Go master tells neither about the other.
  for (const service of ['Front', 'Ours']) await registered(client, service);
  stopAfter(t, await startGoNode({ registry, service: 'Go' }));
  await reachable(client, 'Go');
  assert.deepEqual(await client.request('Ours.Echo', { n: 2 }), { n: 2 });
  const goGate = await startGoNode({ registry, gate: 'websocket' });
  stopAfter(t, goGate);
  await reachable(await clientOf(t, goGate), 'Ours');
  await reachable(await clientOf(t, gate), 'Go');
});

test('a Go backend that is killed is a member no more, though nobody asks it', withGo, async (t) => {
  const master = await startNode({ master: true });
  stopAfter(t, master);
  const backend = await startGoNode({ registry: master.address, service: 'Go' });
  stopAfter(t, backend);
  await backend.kill();
  await master.logged(`cluster member gone address=${backend.address}`);
});

test('Go nodes are members also when our master has started anew', withGo, async (t) => {
  const startMaster = async (address) => {
    const master = await startNode({ master: true, address });
    stopAfter(t, master);
    return master;
  };
  const master = await startMaster();
  const registry = master.address;
  const add = async (start, options) => {
    const node = await start({ registry, ...options });
    stopAfter(t, node);
    return node;
  };
  const goBackend = await add(startGoNode, { service: 'Go' });
  const goGate = await add(startGoNode, { gate: 'websocket' });
  const ourBackend = await add(startNode, { service: 'Ours' });
  const goGateClient = await clientOf(t, goGate);
  for (const service of ['Go', 'Ours']) await reachable(goGateClient, service);

  await master.kill();
  await startMaster(registry);
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
