// What can happen to the network between a gate and a backend, by way of a proxy between them: what clients
// see, that nothing else suffers, and that it heals.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, pushes, reachable } from './clients.mjs';
import {
  Cluster,
  answeredUnlessHeldUp,
  ask,
  closedMarks,
  keepAsking,
  labelOf,
  lostBySilence,
  mark,
  service,
  settled,
} from './cluster.mjs';

const numbersTo = (count) => Array.from({ length: count }, (_, n) => n);

/**
 * A gate and two backends, one of them behind a proxy; clients of the gate at each, and one that is connected
 * to the backend behind the proxy.
 */
async function proxied(t) {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate();
  const { backend, proxy } = await cluster.backendBehindProxy('far');
  await cluster.backend('near');
  const far = await cluster.clientServedBy(gate, 'far');
  const near = await cluster.clientServedBy(gate, 'near');
  const inside = await cluster.client(backend);
  return { cluster, gate, backend, proxy, far, near, inside };
}

/** Sends numbers, each to be remembered and to be pushed back; before each tenth a request. */
function send(client, count) {
  const heard = pushes(client, 'onPush', count);
  const answers = [];
  for (let n = 0; n < count; ++n) {
    if (n % 10 === 0) answers.push(ask(client, 'Echo', { n }));
    client.notify(`${service}.Push`, { n });
    client.notify(`${service}.Seq`, { n });
  }
  return { count, heard, answers };
}

async function assertAnsweredUnlessHeldUp(gate, backend, { answers }) {
  for (const [index, answer] of answers.entries()) {
    await answeredUnlessHeldUp(gate, backend, answer, { n: 10 * index });
  }
}

/** What is not a request arrives, and what comes of it: once, and in order. */
async function assertNothingLost(client, { count, heard }) {
  assert.deepEqual(
    (await heard).map(({ n }) => n),
    numbersTo(count),
  );
  await eventually(() => settled(client));
  assert.deepEqual((await client.request(`${service}.Seen`, {})).numbers, numbersTo(count));
}

/** The backend was told of no session that has closed. */
function assertNoneClosed(inside) {
  return closedMarks(inside, []);
}

test('connections break again and again', async (t) => {
  const { gate, backend, proxy, far, near, inside } = await proxied(t);
  const stopAsking = keepAsking(near);
  await mark(far, 'far');
  const waiting = ask(far, 'Slow', { n: 300 });
  const sent = send(far, 500);
  for (const answer of sent.answers.slice(0, 4)) {
    await Promise.allSettled([answer]); // the others are under way, or their answers are
    proxy.reset();
    await answeredUnlessHeldUp(gate, backend, far.request(`${service}.Echo`, { n: 1 }), { n: 1 });
  }
  await assertAnsweredUnlessHeldUp(gate, backend, sent);
  await answeredUnlessHeldUp(gate, backend, waiting, { n: 300 });
  await assertNothingLost(far, sent);
  await assertNoneClosed(inside);
  assert.ok((await stopAsking()) > 0);
});

test('a cut that is shorter than the silence that is noticed', async (t) => {
  const { gate, backend, proxy, far, near } = await proxied(t);
  const stopAsking = keepAsking(near);
  proxy.cut();
  const sent = send(far, 200);
  // What goes the other way is answered meanwhile, some times over.
  for (const n of numbersTo(20)) assert.deepEqual(await near.request(`${service}.Echo`, { n }), { n });
  proxy.heal();
  await assertAnsweredUnlessHeldUp(gate, backend, sent);
  await assertNothingLost(far, sent);
  assert.ok((await stopAsking()) > 0);
});

test('a cut that is noticed, and heals before the nodes forget each other', async (t) => {
  const { cluster, gate, backend, proxy, far, near, inside } = await proxied(t);
  const stopAsking = keepAsking(near);
  await mark(far, 'far');
  proxy.cut();
  const sent = send(far, 200);
  await lostBySilence(cluster, gate, backend, sent.answers);
  const notSent = { code: 'unavailable', msg: 'The service cannot be reached at present.' };
  await assert.rejects(far.request(`${service}.Echo`, {}), notSent);
  const newcomer = await cluster.client(gate);
  assert.equal(await labelOf(newcomer), 'near', 'new sessions are not sent there');
  proxy.heal();
  await assertNothingLost(far, sent);
  await assertNoneClosed(inside);
  assert.equal(await labelOf(far), 'far');
  assert.ok((await stopAsking()) > 0);
});

test('a cut that lasts until the nodes forget each other', async (t) => {
  const { cluster, gate, backend, proxy, far, near, inside } = await proxied(t);
  const stopAsking = keepAsking(near);
  await mark(far, 'far');
  far.notify(`${service}.Seq`, { n: 1 });
  await settled(far);
  const open = far.request(`${service}.Never`, {});
  proxy.cut();
  await lostBySilence(cluster, gate, backend, [open]);
  await closedMarks(inside, ['far']);
  proxy.heal();
  await cluster.clientServedBy(gate, 'far');
  await reachable(far, service);
  assert.deepEqual((await far.request(`${service}.Seen`, {})).numbers, [], 'the service begins anew with it');
  await closedMarks(inside, ['far']);
  assert.ok((await stopAsking()) > 0);
});

for (const end of ['caller', 'node']) {
  test(`connections break, and only the ${end === 'caller' ? 'gate' : 'backend'} hears of it`, async (t) => {
    const { proxy, far, near, inside } = await proxied(t);
    const stopAsking = keepAsking(near);
    await mark(far, 'far');
    await settled(far);
    proxy.halfOpen(end);
    const sent = send(far, 200);
    // The end that hears nothing finds out by the silence.
    const outcomes = await Promise.allSettled(sent.answers);
    for (const { reason } of outcomes) if (reason) assert.equal(reason.code, 'unavailable');
    await assertNothingLost(far, sent);
    await assertNoneClosed(inside);
    assert.ok((await stopAsking()) > 0);
  });
}

test('a slow network', async (t) => {
  const { proxy, far, near } = await proxied(t);
  proxy.delayMs = 150;
  // On a busy machine the near answer may take longer than the far one, but not each time.
  let nearFirst = false;
  for (let attempt = 0; attempt < 20 && !nearFirst; ++attempt) {
    const farAnswer = far.request(`${service}.Echo`, { n: 1 }).then(() => 'far');
    const nearAnswer = near.request(`${service}.Echo`, { n: 1 }).then(() => 'near');
    nearFirst = (await Promise.race([farAnswer, nearAnswer])) === 'near';
    await Promise.all([farAnswer, nearAnswer]);
  }
  assert.ok(nearFirst, 'those whose backend is near wait for nobody');
  const sent = send(far, 200);
  for (const [index, answer] of sent.answers.entries()) assert.deepEqual(await answer, { n: 10 * index });
  await assertNothingLost(far, sent);
});
