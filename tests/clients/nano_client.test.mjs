// Our own client against the real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';

import { connect, HandshakeError, ResponseError } from '../../client-js/dist/index.js';
import { ConformanceServer } from './server.mjs';

let server;
before(async () => {
  server = await ConformanceServer.start();
});
after(async () => {
  if (server) assert.equal(await server.stop(), 0, 'the server ends with exit code 0');
});

async function connected(t, options) {
  const client = await connect(server.websocketUrl, { webSocket: WebSocket, ...options });
  t.after(() => client.close());
  return client;
}

test("nano-client: the handshake brings the server's user object", async (t) => {
  const client = await connected(t, { user: { token: 'good' } });
  assert.deepEqual(client.user, { greeting: 'hello' });
  assert.equal(client.state, 'open');
});

test('nano-client: a bad token is refused with code 500', async () => {
  const refused = connect(server.websocketUrl, { webSocket: WebSocket, user: { token: 'bad' } });
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof HandshakeError);
    assert.deepEqual([error.code, error.detail], [500, 'The token is not valid.']);
    return true;
  });
});

test('nano-client: many requests in flight are each answered with the same object', async (t) => {
  const client = await connected(t);
  const bodies = Array.from({ length: 300 }, (_, n) => ({ n, text: 'ß'.repeat(n) }));
  assert.deepEqual(await Promise.all(bodies.map((body) => client.request('Test.Echo', body))), bodies);
});

test('nano-client: notifies lead to pushes in the same order', async (t) => {
  const client = await connected(t);
  const texts = Array.from({ length: 50 }, (_, n) => `poke ${n}`);
  const heard = [];
  const all = new Promise((resolve) => {
    client.on('onPoke', ({ text }) => heard.push(text) === texts.length && resolve());
  });
  for (const text of texts) assert.equal(client.notify('Test.Poke', { text }), true);
  await all;
  assert.deepEqual(heard, texts);
});

test('nano-client: a request that fails rejects with code and msg', async (t) => {
  const client = await connected(t);
  await assert.rejects(client.request('Test.Fail'), (error) => {
    assert.ok(error instanceof ResponseError);
    assert.deepEqual([error.code, error.msg], ['teapot', 'I am a teapot']);
    return true;
  });
});

test('nano-client: a handler that throws rejects its request, and the session goes on', async (t) => {
  const client = await connected(t);
  await assert.rejects(client.request('Test.Throw'), { name: 'ResponseError', code: 'internal' });
  await assert.rejects(client.request('Nobody.Home'), { name: 'ResponseError' });
  assert.deepEqual(await client.request('Test.Echo', { n: 1 }), { n: 1 });
});

test('nano-client: a kick closes with its reason, after the response sent before it, for good', async (t) => {
  const client = await connected(t, { reconnect: true });
  const closed = new Promise((resolve) => client.onState(resolve));
  await client.request('Test.Kick', { reason: 'enough' });
  const { state, error } = await closed;
  assert.deepEqual([state, error.reason, error.detail], ['closed', 'kick', 'enough']);
});
