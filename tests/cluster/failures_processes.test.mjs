// Processes that are killed, and processes that are frozen: what clients see, that nothing else suffers, and
// that it heals.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { closed, eventually, eventuallyEqual, pushes, reachable } from './clients.mjs';
import {
  Cluster,
  answeredUnlessHeldUp,
  ask,
  closedMarks,
  keepAsking,
  labelOf,
  lostBySilence,
  mark,
  reasonOf,
  service,
  settled,
  unavailable,
} from './cluster.mjs';

const withInfo = { flags: ['--log-level', 'info'] };

/** The node found out at once that the other's process has ended, not by its silence or from the master. */
async function foundEnded(node, other) {
  await node.logged(reasonOf(other, ['its process has ended']));
  const late = ['it fell silent', 'it has left the cluster', 'it could not be reached for too long'];
  assert.doesNotMatch(node.errors, reasonOf(other, late));
}

/** A gate, two backends, and a client of the gate at each of them. */
async function twoBackends(t) {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate(withInfo);
  const one = await cluster.backend('one');
  const two = await cluster.backend('two');
  const [victim, bystander] = [
    await cluster.clientServedBy(gate, 'one'),
    await cluster.clientServedBy(gate, 'two'),
  ];
  return { cluster, gate, one, two, victim, bystander };
}

/** Three requests of the client that its backend has, and leaves open. */
async function openRequests(client) {
  const open = [1, 2, 3].map(() => ask(client, 'Never', {}));
  await settled(client);
  return open;
}

test('a backend is killed', async (t) => {
  const { cluster, gate, one, victim, bystander } = await twoBackends(t);
  const stopAsking = keepAsking(bystander);
  const open = await openRequests(victim);

  await one.kill();
  await foundEnded(gate, one);
  await Promise.all(open.map(unavailable));
  await eventuallyEqual(() => labelOf(victim), 'two');
  victim.notify(`${service}.Seq`, { n: 1 });
  assert.deepEqual((await victim.request(`${service}.Seen`, {})).numbers, [1]);

  await cluster.backend('one', { address: one.address });
  await cluster.clientServedBy(gate, 'one');
  assert.equal(await labelOf(victim), 'two', 'a session stays where it is');
  assert.ok((await stopAsking()) > 0);
});

test('a gate is killed', async (t) => {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate();
  const otherGate = await cluster.gate();
  const backend = await cluster.backend('one', withInfo);
  const inside = await cluster.client(backend);
  const victims = [await cluster.client(gate), await cluster.client(gate)];
  const bystander = await cluster.client(otherGate);
  for (const client of [...victims, bystander]) await reachable(client, service);
  for (const [index, client] of victims.entries()) await mark(client, `victim ${index}`);
  await mark(bystander, 'bystander');
  bystander.notify(`${service}.Seq`, { n: 1 });
  const stopAsking = keepAsking(bystander);

  const ends = victims.map(closed);
  await gate.kill();
  await Promise.all(ends);
  await foundEnded(backend, gate);
  await closedMarks(inside, ['victim 0', 'victim 1']);

  const again = await cluster.gate({ address: gate.address });
  const returned = await cluster.client(again);
  await reachable(returned, service);
  await mark(returned, 'returned');
  assert.deepEqual((await returned.request(`${service}.Seen`, {})).numbers, []);
  bystander.notify(`${service}.Seq`, { n: 2 });
  assert.deepEqual((await bystander.request(`${service}.Seen`, {})).numbers, [1, 2], 'the same session');
  assert.ok((await stopAsking()) > 0);
  await closedMarks(inside, ['victim 0', 'victim 1']);
});

/** The number of the client's gate, which is the upper half of its session's id. */
async function gateNumber(client) {
  return BigInt((await client.request(`${service}.Who`, {})).id) >> 32n;
}

test('the master is killed', async (t) => {
  const cluster = await Cluster.start(t);
  const gates = [await cluster.gate(), await cluster.gate()];
  await cluster.backend('one');
  const clients = [];
  for (const gate of gates) {
    clients.push(await cluster.client(gate));
    await reachable(clients.at(-1), service);
  }
  const stopAsking = clients.map((client) => keepAsking(client));

  await cluster.master.kill();
  const latecomer = cluster.launch({ gate: true });
  await latecomer.logged('the master cannot be reached');
  assert.equal(latecomer.websocketUrl, '', 'a node that has not joined takes no clients');
  for (const client of clients) assert.equal(await labelOf(client), 'one');

  await cluster.node({ master: true, address: cluster.registry });
  await latecomer.ready;
  const newClient = await cluster.client(latecomer);
  await reachable(newClient, service);
  for (const stop of stopAsking) assert.ok((await stop()) > 0);
  const everyone = [...clients, newClient];
  const newClients = await Promise.all(gates.map((gate) => cluster.client(gate)));
  const numbers = await Promise.all([...everyone, ...newClients].map(gateNumber));
  assert.equal(new Set(numbers).size, 3, `each gate has its own number: ${numbers}`);

  // The restarted master tells those who were there before of who comes, and of who goes.
  const two = await cluster.backend('two');
  await cluster.clientServedBy(gates[0], 'two');
  await two.kill();
  await eventuallyEqual(async () => {
    const client = await cluster.client(gates[0]);
    return await labelOf(client).finally(() => client.close());
  }, 'one');
});

test('a backend is frozen', async (t) => {
  const { cluster, gate, one, victim, bystander } = await twoBackends(t);
  const inside = await cluster.client(one);
  await mark(victim, 'victim');
  const stopAsking = keepAsking(bystander);
  const open = await openRequests(victim);

  one.signal('SIGSTOP');
  await lostBySilence(cluster, gate, one, open);
  const newcomer = await cluster.client(gate);
  assert.equal(await labelOf(newcomer), 'two', 'new sessions are not sent there');
  await eventuallyEqual(() => labelOf(victim), 'two');

  one.signal('SIGCONT');
  await cluster.clientServedBy(gate, 'one');
  await closedMarks(inside, ['victim']);
  assert.equal(await labelOf(victim), 'two');
  assert.ok((await stopAsking()) > 0);
});

test('a backend is frozen for a moment', async (t) => {
  const { gate, one, victim, bystander } = await twoBackends(t);
  const stopAsking = keepAsking(bystander);
  const heard = pushes(victim, 'onPush', 100);
  one.signal('SIGSTOP');
  for (let n = 0; n < 100; ++n) victim.notify(`${service}.Push`, { n });
  const answer = ask(victim, 'Echo', { n: 1 });
  for (let n = 0; n < 10; ++n) assert.equal(await labelOf(bystander), 'two');
  one.signal('SIGCONT');
  await answeredUnlessHeldUp(gate, one, answer, { n: 1 });
  assert.deepEqual(
    (await heard).map(({ n }) => n),
    Array.from({ length: 100 }, (_, n) => n),
  );
  assert.ok((await stopAsking()) > 0);
});

test('a gate is frozen', async (t) => {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate();
  const otherGate = await cluster.gate();
  const backend = await cluster.backend('one');
  const inside = await cluster.client(backend);
  const victim = await cluster.client(gate);
  const bystander = await cluster.client(otherGate);
  for (const client of [victim, bystander]) await reachable(client, service);
  await mark(victim, 'victim');
  victim.notify(`${service}.Seq`, { n: 1 });
  await settled(victim);
  const stopAsking = keepAsking(bystander);

  gate.signal('SIGSTOP');
  const asked = victim.request(`${service}.Never`, {});
  asked.catch(() => {});
  await closedMarks(inside, ['victim']);

  gate.signal('SIGCONT');
  // Its client was there all the time; the backend begins anew with it.
  await eventually(async () => {
    victim.notify(`${service}.Seq`, { n: 2 });
    return (await victim.request(`${service}.Seen`, {})).numbers.includes(2);
  });
  assert.ok(!(await victim.request(`${service}.Seen`, {})).numbers.includes(1));
  await reachable(await cluster.client(gate), service);
  assert.ok((await stopAsking()) > 0);
});
