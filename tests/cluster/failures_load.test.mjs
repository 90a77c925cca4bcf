// A backend that is slow, and queues that are full: what clients see, that nothing else suffers, that memory
// is bounded, and that it heals.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, reachable } from './clients.mjs';
import { Cluster, keepAsking, lostBySilence, service, settled, unavailable } from './cluster.mjs';

const mebibyte = 1024 * 1024;
const largeText = 'x'.repeat(60_000);
/** More than the bytes that wait for one node at most, which are 32 MiB, or twice that. */
const largeCount = Math.ceil((80 * mebibyte) / largeText.length);
/** What the process may grow by: the queue, twice over as it is also in the hands of others, and some. */
const growth = 200 * mebibyte;

/** The largest amount of memory that the node held while `what` went on. */
async function peakMemory(node, what) {
  let peak = node.memory;
  const timer = setInterval(() => (peak = Math.max(peak, node.memory)), 20);
  try {
    await what;
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, node.memory);
}

test('a backend whose handler blocks', async (t) => {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate();
  await cluster.backend('one');
  await cluster.backend('two');
  const victim = await cluster.clientServedBy(gate, 'one');
  const neighbour = await cluster.clientServedBy(gate, 'one');
  const bystander = await cluster.clientServedBy(gate, 'two');

  // A busy machine may take longer for twenty answers than the handler blocks, but not each time.
  let servedMeanwhile = false;
  for (let attempt = 0; attempt < 20 && !servedMeanwhile; ++attempt) {
    let blocked = true;
    const blocking = victim.request(`${service}.Block`, { n: 300 }).finally(() => (blocked = false));
    const patient = neighbour.request(`${service}.Echo`, { n: 1 });
    for (let n = 0; n < 20; ++n) assert.deepEqual(await bystander.request(`${service}.Echo`, { n }), { n });
    servedMeanwhile = blocked;
    assert.deepEqual(await blocking, { n: 300 });
    assert.deepEqual(await patient, { n: 1 });
  }
  assert.ok(servedMeanwhile, 'clients of the other backend wait for nobody');
});

test('a backend that blocks for longer than the silence that is noticed', async (t) => {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate();
  const one = await cluster.backend('one');
  await cluster.backend('two');
  const victim = await cluster.clientServedBy(gate, 'one');
  const stopAsking = keepAsking(await cluster.clientServedBy(gate, 'two'));

  await lostBySilence(cluster, gate, one, [victim.request(`${service}.Block`, { n: 15_000 })]);
  await eventually(() => settled(victim));
  assert.ok((await stopAsking()) > 0);
});

test('a gate that has much for a backend which takes nothing', async (t) => {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate();
  const { proxy } = await cluster.backendBehindProxy('far');
  await cluster.backend('near');
  const far = await cluster.clientServedBy(gate, 'far');
  const other = await cluster.clientServedBy(gate, 'far');
  const stopAsking = keepAsking(await cluster.clientServedBy(gate, 'near'));

  const before = gate.memory;
  proxy.stopReading();
  for (let n = 0; n < largeCount; ++n) far.notify(`${service}.Seq`, { n, text: largeText });
  const refused = unavailable(far.request(`${service}.Echo`, {}));
  const peak = await peakMemory(gate, refused);
  assert.ok(peak - before < growth, `it grew by ${(peak - before) / mebibyte} MiB`);
  await unavailable(other.request(`${service}.Echo`, {}));
  await gate.logged('notify dropped: too much waits for the service');

  proxy.heal();
  await reachable(other, service);
  await reachable(far, service);
  const { numbers } = await far.request(`${service}.Seen`, {});
  assert.ok(numbers.length > 0 && numbers.length < largeCount);
  assert.ok(
    numbers.every((n, index) => n === index),
    'those before the queue was full arrive, in order',
  );
  assert.ok(gate.running);
  assert.ok((await stopAsking()) > 0);
});

test('a backend that broadcasts to a gate which takes nothing', async (t) => {
  const cluster = await Cluster.start(t);
  // What was under way comes at once in the end, and its client is not to be the slow one either.
  const gate = await cluster.gate({ flags: ['--send-queue-bytes-max', String(64 * mebibyte)] });
  const { backend, proxy } = await cluster.backendBehindProxy('far');
  const far = await cluster.client(gate);
  await reachable(far, service);
  await far.request(`${service}.Join`, {});
  const inside = await cluster.client(backend);
  await inside.request(`${service}.Join`, {});

  const before = backend.memory;
  proxy.cut();
  let heard = 0;
  inside.on('onSay', () => ++heard);
  const broadcast = async () => {
    for (let n = 1; n <= largeCount; ++n) {
      inside.notify(`${service}.Say`, { text: largeText });
      // At the pace of its own client, who is not to be the slow one.
      if (n % 5 === 0) await settled(inside);
    }
    await settled(inside);
  };
  const peak = await peakMemory(backend, broadcast());
  assert.equal(heard, largeCount, 'the members that read hear all');
  assert.ok(peak - before < growth, `it grew by ${(peak - before) / mebibyte} MiB`);

  proxy.heal();
  await reachable(far, service);
  const answer = far.once('onSay', { timeoutMs: 10_000 });
  await far.request(`${service}.Join`, {});
  inside.notify(`${service}.Say`, { text: 'again' });
  assert.deepEqual(await answer, { text: 'again' });
  assert.ok(backend.running);
});
