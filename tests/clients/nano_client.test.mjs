// Our own client against the real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';

import {
  byRoute,
  connect,
  HandshakeError,
  rawSerializer,
  ResponseError,
} from '../../client-js/dist/index.js';
import { libraries, ping } from '../../client-js/test/ping.mjs';
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

test('nano-client: emoji arrive as they are, and half of one as U+FFFD', async (t) => {
  const client = await connected(t);
  assert.deepEqual(await client.request('Test.Check', { text: 'a😀z' }), { text: 'a😀z' });
  assert.deepEqual(await client.request('Test.Check', { text: 'cut \ud83d' }), { text: 'cut \ufffd' });
  await assert.rejects(client.request('Nobody.\ud83d', {}), { code: 'unknown_route' });
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
  assert.equal(error.message, 'the server kicked this client: enough');
});

test('nano-client: an aborted request is rejected at once, and those around it are answered', async (t) => {
  const client = await connected(t);
  const controller = new AbortController();
  const requests = [0, 1, 2].map((n) =>
    client.request('Test.Later', { n }, n === 1 ? { signal: controller.signal } : {}),
  );
  controller.abort('enough');
  await assert.rejects(requests[1], (reason) => reason === 'enough');
  assert.deepEqual([await requests[0], await requests[2]], [{ n: 0 }, { n: 2 }]);
});

test('nano-client: raw routes carry any bytes, beside routes in JSON', async (t) => {
  const client = await connected(t, { serializer: byRoute({ 'Test.Echo': rawSerializer }) });
  const bytes = Uint8Array.from({ length: 60_000 }, (_, n) => n);
  assert.deepEqual(await client.request('Test.Echo', bytes), bytes);
  assert.deepEqual(await client.request('Test.Echo'), new Uint8Array(0));
  assert.deepEqual(await client.request('Test.Check', { text: 'Grüße 👋 玩家' }), { text: 'Grüße 👋 玩家' });
});

for (const [name, { serializer, type, message, plain, read }] of Object.entries(libraries)) {
  test(`nano-client: messages of ${name} go to protobuf handlers and come back`, async (t) => {
    const client = await connected(t, {
      serializer: byRoute({
        'Proto.Echo': serializer({ request: type, response: type }),
        'Proto.Poke': serializer({ request: type }),
        onProto: serializer({ push: type }),
      }),
    });
    assert.deepEqual(read(await client.request('Proto.Echo', message)), ping);
    assert.deepEqual(read(await client.request('Proto.Echo', plain)), ping);
    assert.deepEqual(read(await client.request('Proto.Echo')), { content: '', sequence: 0 });
    const push = client.once('onProto');
    client.notify('Proto.Poke', plain);
    assert.deepEqual(read(await push), ping);
    assert.deepEqual(await client.request('Test.Check', { text: 'JSON' }), { text: 'JSON' });
  });
}

test('nano-client: what a protobuf handler cannot read is an error with words, in JSON', async (t) => {
  const client = await connected(t, { serializer: byRoute({ 'Proto.Echo': rawSerializer }) });
  await assert.rejects(client.request('Proto.Echo', Uint8Array.of(0x0a, 0xff)), {
    name: 'ResponseError',
    code: 'bad_payload',
  });
});

test('nano-client: a loop over pushes hears all of them, and ends with the kick', async (t) => {
  const client = await connected(t);
  const pokes = client.pushes('onPoke');
  for (let n = 0; n < 100; n += 1) client.notify('Test.Poke', { text: String(n) });
  void client.request('Test.Kick', { reason: 'enough' });
  const heard = [];
  for await (const { text } of pokes) heard.push(Number(text));
  assert.deepEqual(
    heard,
    Array.from({ length: 100 }, (_, n) => n),
  );
  assert.equal(client.state, 'closed');
});

test('nano-client: heartbeats keep a client that has nothing to say', async (t) => {
  const quick = await ConformanceServer.start(['--heartbeat', '2']);
  t.after(() => quick.stop());
  // The server closes a client that is silent for three intervals: six seconds. Five heartbeats take eight.
  let heartbeats = 0;
  let heardEnough;
  const enough = new Promise((resolve) => (heardEnough = resolve));
  class CountingWebSocket extends WebSocket {
    constructor(url) {
      super(url);
      this.addEventListener('message', ({ data }) => {
        if (new Uint8Array(data)[0] === 3 && (heartbeats += 1) === 5) heardEnough();
      });
    }
  }
  const client = await connect(quick.websocketUrl, { webSocket: CountingWebSocket });
  t.after(() => client.close());
  const closed = new Promise((_, reject) => client.onState(({ error }) => reject(error)));
  await Promise.race([enough, closed]);
  assert.deepEqual(await client.request('Test.Echo', { n: 1 }), { n: 1 });
});
