// States as they are told, and notifies kept for the next connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import WebSocket from 'ws';

import { connect, MessageError } from '../dist/index.js';
import { nextState, pair } from './pair.mjs';
import { TestServer } from './server.mjs';

test('the listener given to connect hears of every state, the first included', async (t) => {
  const states = [];
  const onState = ({ state }) => states.push(state);
  const { server, client, peer } = await pair(t, {
    onState,
    reconnect: { minDelayMs: 1 },
    reply: { user: 7 },
  });
  assert.deepEqual(states, ['connecting', 'open']);
  const lost = nextState(client);
  peer.close();
  await lost;
  const reopened = nextState(client);
  await server.open();
  await reopened;
  client.close();
  assert.deepEqual(states, ['connecting', 'open', 'reconnecting', 'open', 'closed']);
});

test('a client that never connects is told as connecting and closed', async (t) => {
  const server = await TestServer.start(t);
  await server.stop();
  const changes = [];
  const options = { webSocket: WebSocket, onState: (change) => changes.push(change) };
  await assert.rejects(connect(server.url, options), { reason: 'unreachable' });
  await assert.rejects(connect('no address', options), { name: 'NanoError' });
  assert.deepEqual(
    changes.map(({ state, error }) => [state, error?.reason]),
    [
      ['connecting', undefined],
      ['closed', 'unreachable'],
      ['connecting', undefined],
      ['closed', 'unreachable'],
    ],
  );
});

/** A client whose connection was lost, which tries again soon. */
async function reconnecting(t, queueNotifies) {
  const parts = await pair(t, { reconnect: { minDelayMs: 1 }, queueNotifies });
  const lost = nextState(parts.client);
  parts.peer.close();
  await lost;
  return parts;
}

async function routesRead(peer, count) {
  const routes = [];
  while (routes.length < count) routes.push((await peer.readMessage()).route);
  return routes;
}

test('queued notifies leave in order, after what the listeners of open wait for', async (t) => {
  const { server, client } = await reconnecting(t, true);
  for (const n of [1, 2, 3]) assert.equal(client.notify(`Room.Queued${n}`, { n }), true);
  client.onState(async ({ state }) => {
    if (state !== 'open') return;
    await client.request('Room.Login');
    await client.request('Room.Join');
  });
  const reopened = nextState(client);
  const peer = await server.open({ sys: { dict: { 'Room.Queued2': 7 } } });
  await reopened;
  client.notify('Room.AtOnce');
  for (const route of ['Room.Login', 'Room.AtOnce', 'Room.Join']) {
    const message = await peer.readMessage();
    assert.equal(message.route, route);
    if (message.type === 0) peer.respond(message.id, {});
  }
  assert.deepEqual(await routesRead(peer, 3), ['Room.Queued1', 'Room.Queued2', 'Room.Queued3']);
  assert.equal(client.notify('Room.Later'), true);
  assert.deepEqual(await routesRead(peer, 1), ['Room.Later']);
});

test('a listener of open that fails does not hold the queue back', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { server, client } = await reconnecting(t, true);
  client.notify('Room.Queued');
  client.onState(async ({ state }) => {
    if (state === 'open') throw new Error('could not join');
  });
  assert.deepEqual(await routesRead(await server.open(), 1), ['Room.Queued']);
});

test('the queue is bounded in number and in bytes, and the oldest stay', async (t) => {
  const few = await reconnecting(t, { max: 2 });
  assert.deepEqual(
    [1, 2, 3].map((n) => few.client.notify(`Room.N${n}`)),
    [true, true, false],
  );
  const peer = await few.server.open();
  assert.deepEqual(await routesRead(peer, 2), ['Room.N1', 'Room.N2']);

  const small = await reconnecting(t, { bytesMax: 1000 });
  const text = 'x'.repeat(600);
  assert.deepEqual([small.client.notify('Room.A', text), small.client.notify('Room.B', text)], [true, false]);
  assert.equal(small.client.notify('Room.C', 'short'), true);
  assert.deepEqual(await routesRead(await small.server.open(), 2), ['Room.A', 'Room.C']);
});

test('notifies keep their place when the next connection is lost before they leave', async (t) => {
  const { server, client } = await reconnecting(t, true);
  client.notify('Room.First');
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  const stop = client.onState(({ state }) => (state === 'open' ? held : undefined));
  const open = nextState(client);
  const peer = await server.open();
  assert.equal((await open).state, 'open');
  const lost = nextState(client);
  peer.close();
  assert.equal((await lost).state, 'reconnecting');
  stop();
  letGo();
  client.notify('Room.Second');
  assert.deepEqual(await routesRead(await server.open(), 2), ['Room.First', 'Room.Second']);
});

test('a queue is for reconnecting only, and takes only what can be sent', async (t) => {
  const { client } = await reconnecting(t, true);
  assert.throws(() => client.notify('r'.repeat(256)), MessageError);
  assert.throws(() => client.notify('Room.Say', 1n), MessageError);
  client.close();
  assert.equal(client.notify('Room.Say'), false);

  const without = await reconnecting(t, undefined);
  assert.equal(without.client.notify('Room.Say'), false);
});
