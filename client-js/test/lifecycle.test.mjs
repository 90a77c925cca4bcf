import assert from 'node:assert/strict';
import { test } from 'node:test';
import WebSocket from 'ws';

import {
  connect,
  ConnectionClosedError,
  HandshakeError,
  ProtocolError,
  TimeoutError,
} from '../dist/index.js';
import { PacketType } from '../dist/modules/packet.js';
import { nextState, pair } from './pair.mjs';
import { bytes, TestServer } from './server.mjs';

test("a kick closes the client with the server's reason, and it does not come back", async (t) => {
  const { client, peer } = await pair(t, { reconnect: { minDelayMs: 1 } });
  const request = client.request('Room.Join');
  peer.send(PacketType.kick, { reason: 'banned' });
  const { state, error } = await nextState(client);
  assert.deepEqual(
    [state, error.reason, error.detail, error.message],
    ['closed', 'kick', 'banned', 'the server kicked this client: banned'],
  );
  await assert.rejects(request, { name: 'ConnectionClosedError', reason: 'kick' });
  await peer.closed;
});

test('a kick without a word is a kick', async (t) => {
  for (const body of ['{}', '', 'null', 'no JSON']) {
    const { client, peer } = await pair(t);
    peer.send(PacketType.kick, bytes(body));
    const { error } = await nextState(client);
    assert.deepEqual([error.reason, error.detail], ['kick', ''], body);
    assert.equal(error.message, 'the server kicked this client', body);
  }
});

test('requests in flight are rejected when the connection goes', async (t) => {
  const { client, peer } = await pair(t);
  const requests = [client.request('Room.A'), client.request('Room.B')];
  peer.close();
  for (const request of requests) {
    await assert.rejects(
      request,
      (error) => error instanceof ConnectionClosedError && error.reason === 'server',
    );
  }
  assert.equal(client.notify('Room.C'), false);
  await assert.rejects(client.request('Room.D'), { reason: 'server' });
});

test('close rejects what is in flight, tells it once, and lets what was sent leave', async (t) => {
  const { client, peer } = await pair(t, { reconnect: true });
  const changes = [];
  client.onState((change) => changes.push(change));
  client.notify('Room.Last');
  const request = client.request('Room.Join');
  client.close();
  client.close();
  assert.deepEqual(
    changes.map(({ state, error }) => [state, error.reason]),
    [['closed', 'client']],
  );
  await assert.rejects(request, { reason: 'client' });
  assert.equal((await peer.readMessage()).route, 'Room.Last');
  await peer.closed;
  assert.equal(client.state, 'closed');
});

test('a lost connection is made anew: listeners stay, the session is new', async (t) => {
  const { server, client, peer } = await pair(t, {
    reconnect: { minDelayMs: 1, maxDelayMs: 2 },
    reply: { user: { n: 1 } },
  });
  const numbers = [];
  client.on('onCount', (n) => numbers.push(n));
  const request = client.request('Room.Join');
  const lost = nextState(client);
  peer.close();
  const { state, attempt, delayMs, error } = await lost;
  assert.deepEqual(
    [state, attempt, error.reason, client.state],
    ['reconnecting', 1, 'server', 'reconnecting'],
  );
  assert.ok(delayMs >= 0.5 && delayMs <= 1);
  await assert.rejects(request, error);
  await assert.rejects(client.request('Room.Join'), error);
  assert.equal(client.notify('Room.Say'), false);

  const reopened = nextState(client);
  const newPeer = await server.open({ sys: { dict: { 'Room.Join': 4 } }, user: { n: 2 } });
  assert.deepEqual(await reopened, { state: 'open', user: { n: 2 } });
  assert.deepEqual([client.state, client.user], ['open', { n: 2 }]);
  const again = client.request('Room.Join');
  const message = await newPeer.readMessage();
  assert.deepEqual([message.id, message.compressed], [1, true]);
  newPeer.push('onCount', 5);
  newPeer.respond(message.id, 'joined');
  assert.equal(await again, 'joined');
  assert.deepEqual(numbers, [5]);
});

test('tries end after the given number, and the last error is told', async (t) => {
  const { server, client } = await pair(t, { reconnect: { minDelayMs: 1, maxDelayMs: 2, attempts: 3 } });
  const attempts = [];
  const closed = new Promise((resolve) => {
    client.onState((change) => (change.state === 'closed' ? resolve(change) : attempts.push(change.attempt)));
  });
  await server.stop();
  assert.equal((await closed).error.reason, 'unreachable');
  assert.deepEqual(attempts, [1, 2, 3]);
});

test('a refused handshake ends the tries', async (t) => {
  const { server, client, peer } = await pair(t, { reconnect: { minDelayMs: 1 } });
  const closed = new Promise((resolve) =>
    client.onState((change) => change.state === 'closed' && resolve(change)),
  );
  peer.close();
  const next = await server.peer();
  next.send(PacketType.handshake, { code: 500 });
  const { error } = await closed;
  assert.equal(error.reason, 'refused');
  assert.ok(error.cause instanceof HandshakeError);
});

test('a client that waits for its next try, or is in the middle of one, can be closed', async (t) => {
  const waiting = await pair(t, { reconnect: { minDelayMs: 1e6, maxDelayMs: 1e6 } });
  waiting.peer.close();
  await nextState(waiting.client);
  waiting.client.close();
  assert.equal(waiting.client.state, 'closed');

  const trying = await pair(t, { reconnect: { minDelayMs: 1 } });
  trying.peer.close();
  const peer = await trying.server.peer();
  await peer.read(PacketType.handshake);
  trying.client.close();
  assert.equal(trying.client.state, 'closed');
  await peer.closed;
});

test('connect is rejected with the reason why there is no connection', async (t) => {
  const server = await TestServer.start(t);
  const attempt = (options) => connect(server.url, { webSocket: WebSocket, ...options });

  const refused = attempt();
  (await server.peer()).send(PacketType.handshake, { code: 500, user: { text: 'bad token' } });
  await assert.rejects(
    refused,
    (error) => error instanceof HandshakeError && error.code === 500 && error.user.text === 'bad token',
  );

  const silent = await TestServer.start(t);
  await assert.rejects(connect(silent.url, { webSocket: WebSocket, handshakeTimeoutMs: 20 }), TimeoutError);

  const garbage = attempt();
  (await server.peer()).sendBytes(bytes('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await assert.rejects(garbage, ProtocolError);

  const dropped = attempt();
  (await server.peer()).close();
  await assert.rejects(dropped, { name: 'ConnectionClosedError', reason: 'server' });

  await server.stop();
  await assert.rejects(attempt({ reconnect: true }), {
    name: 'ConnectionClosedError',
    reason: 'unreachable',
  });
});
