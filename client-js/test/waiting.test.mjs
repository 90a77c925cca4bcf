// Ways to wait for the server: with a signal, for one push, for pushes in a loop.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';

import { ConnectionClosedError, NanoError, TimeoutError } from '../dist/index.js';
import { PushIterator } from '../dist/modules/push_iterator.js';
import { nextPush, pair } from './pair.mjs';

/** When it resolves, all pushes sent before have been heard. */
async function pushesHeard(client, peer) {
  const done = nextPush(client, 'onDone');
  peer.push('onDone', null);
  await done;
}

async function collect(pushes) {
  const all = [];
  for await (const body of pushes) all.push(body);
  return all;
}

test('an aborted request is rejected with the reason, and its late answer is dropped', async (t) => {
  const { client, peer } = await pair(t);
  const controller = new AbortController();
  const request = client.request('Room.Slow', {}, { signal: controller.signal });
  const { id } = await peer.readMessage();
  controller.abort(new Error('the player walked away'));
  await assert.rejects(request, { message: 'the player walked away' });
  peer.respond(id, 'late');
  const next = client.request('Room.Quick');
  peer.respond((await peer.readMessage()).id, 'quick');
  assert.equal(await next, 'quick');
});

test('a request whose signal is aborted already sends nothing', async (t) => {
  const { client, peer } = await pair(t);
  await assert.rejects(client.request('Room.A', {}, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  client.notify('Room.Next');
  assert.equal((await peer.readMessage()).route, 'Room.Next');
});

test('a signal that lives on is left alone by requests that are settled', async (t) => {
  const { client, peer } = await pair(t);
  const { signal } = new AbortController();
  const requests = ['Room.A', 'Room.B', 'Room.C'].map((route) => client.request(route, {}, { signal }));
  const late = client.request('Room.Late', {}, { signal, timeoutMs: 1 });
  assert.equal(getEventListeners(signal, 'abort').length, 4);
  await assert.rejects(late, TimeoutError);
  peer.respond(1, 'a');
  peer.respondWithError(2, { code: 'no' });
  assert.equal(await requests[0], 'a');
  await assert.rejects(requests[1], { code: 'no' });
  client.close();
  await assert.rejects(requests[2], ConnectionClosedError);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('once hears one push, as a promise or with a listener', async (t) => {
  const { client, peer } = await pair(t);
  const heard = [];
  const first = client.once('onCount');
  client.once('onCount', (n) => heard.push(n));
  client.once('onCount', (n) => heard.push(n))();
  for (const n of [1, 2, 3]) peer.push('onCount', n);
  assert.equal(await first, 1);
  await pushesHeard(client, peer);
  assert.deepEqual(heard, [1]);
});

test('a wait for a push outlives a reconnect; it ends in time, on a signal or with the client', async (t) => {
  const { server, client, peer } = await pair(t, { reconnect: { minDelayMs: 1 } });
  const { signal } = new AbortController();
  const waits = {
    patient: client.once('onStart', { signal, timeoutMs: 1e6 }),
    closed: client.once('onNever', { signal }),
    late: client.once('onNever', { signal, timeoutMs: 1 }),
    aborted: client.once('onNever', { signal: AbortSignal.abort('enough') }),
  };
  const closed = assert.rejects(waits.closed, { name: 'ConnectionClosedError', reason: 'client' });
  await assert.rejects(waits.aborted, (reason) => reason === 'enough');
  await assert.rejects(waits.late, TimeoutError);
  peer.close();
  (await server.open()).push('onStart', 'again');
  assert.equal(await waits.patient, 'again');
  client.close();
  await closed;
  await assert.rejects(client.once('onNever'), { reason: 'client' });
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a loop gets the pushes of its route from the start on, in the order sent', async (t) => {
  const { client, peer } = await pair(t);
  peer.push('onCount', 0);
  await pushesHeard(client, peer);
  const pushes = client.pushes('onCount');
  for (const n of [1, 2]) peer.push('onCount', n);
  peer.push('onOther', 'x');
  await pushesHeard(client, peer);
  peer.push('onCount', 3);
  const heard = [];
  for await (const n of pushes) {
    heard.push(n);
    if (n === 3) peer.push('onCount', 4);
    if (n === 4) break;
  }
  assert.deepEqual(heard, [1, 2, 3, 4]);
  assert.deepEqual(await pushes.next(), { value: undefined, done: true });
});

test('a loop ends when the client is closed, after the pushes that came before', async (t) => {
  const { client, peer } = await pair(t);
  const slow = client.pushes('onCount');
  const waiting = collect(client.pushes('onCount'));
  const taken = [slow.next(), slow.next(), slow.next()];
  for (const n of [1, 2]) peer.push('onCount', n);
  await pushesHeard(client, peer);
  client.close();
  assert.deepEqual(await waiting, [1, 2]);
  assert.deepEqual(
    (await Promise.all(taken)).map(({ value, done }) => [value, done]),
    [
      [1, false],
      [2, false],
      [undefined, true],
    ],
  );
  assert.deepEqual(await collect(client.pushes('onCount')), []);
});

test('a loop goes on over a reconnect', async (t) => {
  const { server, client, peer } = await pair(t, { reconnect: { minDelayMs: 1 } });
  const pushes = client.pushes('onCount');
  peer.push('onCount', 1);
  await pushesHeard(client, peer);
  peer.close();
  (await server.open()).push('onCount', 2);
  assert.deepEqual([(await pushes.next()).value, (await pushes.next()).value], [1, 2]);
});

test('a loop that falls too far behind gets what waits, then an error', async (t) => {
  const { client, peer } = await pair(t);
  const pushes = client.pushes('onCount', { max: 2 });
  const patient = client.pushes('onCount');
  for (const n of [1, 2, 3, 4]) peer.push('onCount', n);
  await pushesHeard(client, peer);
  assert.equal((await pushes.next()).value, 1);
  assert.equal((await pushes.next()).value, 2);
  await assert.rejects(
    pushes.next(),
    (error) => error instanceof NanoError && /2 pushes of onCount/.test(error),
  );
  assert.equal((await pushes.next()).done, true);
  client.close();
  assert.deepEqual(await collect(patient), [1, 2, 3, 4]);
});

test('an aborted loop throws the reason at once', async (t) => {
  const { client, peer } = await pair(t);
  const controller = new AbortController();
  const { signal } = controller;
  const idle = collect(client.pushes('onCount', { signal }));
  const behind = client.pushes('onBehind', { signal });
  peer.push('onBehind', 1);
  await pushesHeard(client, peer);
  controller.abort('enough');
  const isReason = (reason) => reason === 'enough';
  await assert.rejects(idle, isReason);
  await assert.rejects(behind.next(), isReason);
  await assert.rejects(collect(client.pushes('onCount', { signal })), isReason);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a loop that is left, by whichever way, leaves nothing behind', async () => {
  const ways = {
    'by break': async (pushes) => {
      pushes.push(1);
      for await (const n of pushes) if (n === 1) break;
    },
    'with the client': (pushes) => pushes.end(),
    'far behind': (pushes) => [1, 2, 3].forEach((n) => pushes.push(n)),
    'by its signal': (_pushes, controller) => controller.abort(),
  };
  for (const [way, leave] of Object.entries(ways)) {
    const controller = new AbortController();
    const { signal } = controller;
    let unsubscribed = 0;
    const pushes = new PushIterator('onCount', { max: 2, signal }, () => () => (unsubscribed += 1));
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    await leave(pushes, controller);
    await pushes.return();
    assert.equal(unsubscribed, 1, way);
    assert.equal(getEventListeners(signal, 'abort').length, 0, way);
    assert.equal((await pushes.next()).done, true, way);
  }
});
