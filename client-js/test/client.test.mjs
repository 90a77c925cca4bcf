import assert from 'node:assert/strict';
import { test } from 'node:test';
import WebSocket from 'ws';

import {
  connect,
  MessageError,
  NanoError,
  ProtocolError,
  rawSerializer,
  ResponseError,
  TimeoutError,
} from '../dist/index.js';
import { encodePacket, PacketType } from '../dist/modules/packet.js';
import { nextPush, nextState, pair } from './pair.mjs';
import { bytes, TestServer } from './server.mjs';

/** The arguments of each console.error while the test runs. */
function catchReports(t) {
  const reports = [];
  t.mock.method(console, 'error', (...report) => reports.push(report));
  return reports;
}

test("the handshake carries the client's user object and brings the server's", async (t) => {
  const server = await TestServer.start(t);
  const connecting = connect(server.url, { webSocket: WebSocket, user: { token: 'secret' } });
  const peer = await server.peer();
  const hello = JSON.parse(new TextDecoder().decode(await peer.read(PacketType.handshake)));
  assert.deepEqual(hello.user, { token: 'secret' });
  peer.send(PacketType.handshake, { code: 200, sys: { heartbeat: 30 }, user: { greeting: 'hello' } });
  await peer.read(PacketType.handshakeAck);

  const client = await connecting;
  t.after(() => client.close());
  assert.equal(client.state, 'open');
  assert.deepEqual(client.user, { greeting: 'hello' });
});

test('a request is answered with its own response, in whatever order responses come', async (t) => {
  const { client, peer } = await pair(t);
  const answers = [client.request('Room.First', { n: 1 }), client.request('Room.Second', { n: 2 })];
  const first = await peer.readMessage();
  const second = await peer.readMessage();
  assert.deepEqual([first.id, first.route, first.body], [1, 'Room.First', { n: 1 }]);
  assert.deepEqual([second.id, second.route, second.body], [2, 'Room.Second', { n: 2 }]);
  peer.respond(second.id, { is: 'second' });
  peer.respond(first.id, { is: 'first' });
  assert.deepEqual(await Promise.all(answers), [{ is: 'first' }, { is: 'second' }]);
});

test('an error response rejects its request with code and msg', async (t) => {
  const { client, peer } = await pair(t);
  const request = client.request('Room.Join');
  const { id } = await peer.readMessage();
  peer.respondWithError(id, { code: 'room_full', msg: 'This room is full.' });
  await assert.rejects(request, (error) => {
    assert.ok(error instanceof ResponseError && error instanceof NanoError);
    const { name, route, code, msg, message } = error;
    assert.deepEqual(
      { name, route, code, msg, message },
      {
        name: 'ResponseError',
        route: 'Room.Join',
        code: 'room_full',
        msg: 'This room is full.',
        message: 'This room is full.',
      },
    );
    return true;
  });
});

test('an error response without readable details is an error all the same', async (t) => {
  const { client, peer } = await pair(t);
  const request = client.request('Room.Join');
  peer.respondWithError((await peer.readMessage()).id, bytes('no JSON'));
  await assert.rejects(request, { name: 'ResponseError', code: 'unknown' });
});

test('a request without an answer is rejected in time, and its late answer is dropped', async (t) => {
  const { client, peer } = await pair(t);
  await assert.rejects(client.request('Room.Slow', {}, { timeoutMs: 5 }), TimeoutError);
  const { id } = await peer.readMessage();
  peer.respond(id, {});
  const next = client.request('Room.Quick');
  peer.respond((await peer.readMessage()).id, 'quick');
  assert.equal(await next, 'quick');
});

test('a response that cannot be decoded rejects its request and nothing else', async (t) => {
  const { client, peer } = await pair(t);
  const broken = client.request('Room.A');
  const whole = client.request('Room.B');
  const { id } = await peer.readMessage();
  const { id: nextId } = await peer.readMessage();
  peer.respond(id, bytes('{"half":'));
  peer.respond(nextId, {});
  await assert.rejects(broken, MessageError);
  assert.deepEqual(await whole, {});
});

test('a notify has no id and waits for nothing', async (t) => {
  const { client, peer } = await pair(t);
  assert.equal(client.notify('Room.Say', { text: 'Grüße 👋' }), true);
  const message = await peer.readMessage();
  assert.deepEqual(
    [message.type, message.id, message.route, message.body],
    [1, 0, 'Room.Say', { text: 'Grüße 👋' }],
  );
});

test('what cannot be sent is refused with a reason, and sends nothing', async (t) => {
  const { client, peer } = await pair(t);
  const loop = {};
  loop.loop = loop;
  assert.throws(
    () => client.notify('Room.Say', loop),
    (error) => error instanceof MessageError && error.cause instanceof TypeError,
  );
  await assert.rejects(client.request('r'.repeat(256)), MessageError);
  await assert.rejects(client.request('Room.Say', 'x'.repeat(2 ** 24)), MessageError);
  client.notify('Room.Next');
  assert.equal((await peer.readMessage()).route, 'Room.Next');
});

test('pushes reach the listeners of their route in the order sent, until they unsubscribe', async (t) => {
  const { client, peer } = await pair(t);
  const heard = [];
  const note = (body) => heard.push(`off ${body}`);
  const stop = client.on('onCount', (body) => heard.push(`stop ${body}`));
  client.on('onCount', note);
  for (const n of [1, 2]) peer.push('onCount', n);
  peer.push('onOther', 0);
  peer.push('onDone', null);
  await nextPush(client, 'onDone');
  stop();
  client.off('onCount', note);
  peer.push('onCount', 3);
  peer.push('onDone', null);
  await nextPush(client, 'onDone');
  assert.deepEqual(heard, ['stop 1', 'off 1', 'stop 2', 'off 2']);
});

test('code that awaits a response runs before the listeners of pushes sent after it', async (t) => {
  for (const oneMessage of [true, false]) {
    const { client, peer } = await pair(t);
    const order = [];
    client.on('onMessage', (body) => order.push(body));
    const joined = (async () => {
      await client.request('Room.Join');
      order.push('joined');
    })();
    const { id } = await peer.readMessage();
    const parts = [
      peer.pushed('onMessage', 'before'),
      peer.response(id, {}),
      peer.pushed('onMessage', 'after'),
    ];
    if (oneMessage) peer.sendBytes(...parts);
    else for (const part of parts) peer.sendBytes(part);
    peer.push('onDone', null);
    await Promise.all([joined, nextPush(client, 'onDone')]);
    assert.deepEqual(order, ['before', 'joined', 'after']);
  }
});

test('routes in the dictionary travel compressed, others in full, both ways', async (t) => {
  const { client, peer } = await pair(t, { reply: { sys: { dict: { 'Room.Say': 0xfeff, onMessage: 2 } } } });
  client.notify('Room.Say', { text: 'hi' });
  client.notify('Room.Other');
  const say = await peer.readMessage();
  const other = await peer.readMessage();
  assert.deepEqual([say.route, say.compressed, say.body], ['Room.Say', true, { text: 'hi' }]);
  assert.deepEqual([other.route, other.compressed], ['Room.Other', false]);

  const message = nextPush(client, 'onMessage');
  const plain = nextPush(client, 'onPlain');
  assert.equal(peer.pushed('onMessage', 1)[4] & 1, 1);
  peer.push('onMessage', 1);
  peer.push('onPlain', 2);
  assert.deepEqual(await Promise.all([message, plain]), [1, 2]);
});

test('packets may lie on messages in any way', async (t) => {
  const { client, peer } = await pair(t);
  const heard = [];
  client.on('onCount', (n) => heard.push(n));
  const stream = Buffer.concat([1, 2, 3].map((n) => peer.pushed('onCount', n)));
  peer.sendBytes(stream);
  for (const byte of stream) peer.sendBytes(Uint8Array.of(byte));
  peer.sendBytes();
  peer.push('onDone', null);
  await nextPush(client, 'onDone');
  assert.deepEqual(heard, [1, 2, 3, 1, 2, 3]);
});

test('another serializer sees bodies, payloads and routes', async (t) => {
  const seen = [];
  const serializer = {
    encode: (body, route) => (seen.push(['encode', route]), rawSerializer.encode(body, route)),
    decode: (payload, route, kind) => (seen.push([kind, route]), rawSerializer.decode(payload, route, kind)),
  };
  const { client, peer } = await pair(t, { serializer });
  const request = client.request('Raw.Echo', Uint8Array.of(0, 255));
  const body = await peer.read(PacketType.data);
  assert.deepEqual(body.slice(-2), Uint8Array.of(0, 255));
  peer.respond(1, Uint8Array.of(7));
  peer.push('onRaw', Uint8Array.of(8));
  assert.deepEqual([await request, await nextPush(client, 'onRaw')], [Uint8Array.of(7), Uint8Array.of(8)]);
  assert.deepEqual(seen, [
    ['encode', 'Raw.Echo'],
    ['response', 'Raw.Echo'],
    ['push', 'onRaw'],
  ]);
});

test("each of the server's heartbeats is answered", async (t) => {
  const { peer } = await pair(t, { reply: { sys: { heartbeat: 30 } } });
  for (let n = 0; n < 3; n += 1) {
    peer.send(PacketType.heartbeat);
    assert.equal((await peer.read(PacketType.heartbeat)).length, 0);
  }
});

test('an interval beyond what timers can hold does not ring at once', async (t) => {
  const { client, peer } = await pair(t, { reply: { sys: { heartbeat: 1e300 } } });
  peer.push('onTick', 1);
  assert.equal(await nextPush(client, 'onTick'), 1);
  assert.equal(client.state, 'open');
});

test(
  'connect says so where the platform has no WebSocket',
  { skip: 'WebSocket' in globalThis && 'this platform has one' },
  async () => {
    const message = /Node 22 .*npm install ws.*option webSocket/;
    await assert.rejects(connect('ws://127.0.0.1:1/'), { name: 'NanoError', message });
  },
);

const hostile = {
  'an unknown packet type': (peer) => peer.sendBytes(Uint8Array.of(9, 0, 0, 0)),
  'an empty data packet': (peer) => peer.send(PacketType.data),
  'a message cut short': (peer) => peer.send(PacketType.data, Uint8Array.of(6, 5, 97)),
  'a message type that does not exist': (peer) => peer.send(PacketType.data, Uint8Array.of(8, 1)),
  'an id without an end': (peer) => peer.send(PacketType.data, Uint8Array.of(4, 0x80)),
  'a route code that the dictionary lacks': (peer) => peer.send(PacketType.data, Uint8Array.of(7, 0, 9)),
  'a request': (peer) => peer.send(PacketType.data, peer.message(0, 1, 'Room.Join', {})),
  'a second handshake': (peer) => peer.send(PacketType.handshake, { code: 200 }),
  'a handshake acknowledgement': (peer) => peer.send(PacketType.handshakeAck),
  'a text message': (peer) => peer.sendText('hello'),
};
for (const [what, send] of Object.entries(hostile)) {
  test(`${what} from the server closes the connection as a protocol error`, async (t) => {
    const { client, peer } = await pair(t);
    const request = client.request('Room.Join');
    const closed = nextState(client);
    send(peer);
    const { error } = await closed;
    assert.equal(error.reason, 'protocol');
    assert.ok(error.cause instanceof ProtocolError);
    await assert.rejects(request, error);
    await peer.closed;
  });
}

test('data before the handshake is a protocol error', async (t) => {
  const server = await TestServer.start(t);
  const connecting = connect(server.url, { webSocket: WebSocket });
  (await server.peer()).push('onMessage', {});
  await assert.rejects(connecting, ProtocolError);
});

test('what came whole before a bad packet is handled, what comes after is not', async (t) => {
  const { client, peer } = await pair(t);
  const heard = [];
  client.on('onCount', (n) => heard.push(n));
  const closed = nextState(client);
  peer.sendBytes(
    peer.pushed('onCount', 1),
    peer.pushed('onCount', 2),
    Uint8Array.of(0, 0, 0, 0),
    peer.pushed('onCount', 3),
  );
  peer.push('onCount', 4);
  await closed;
  await peer.closed;
  assert.deepEqual(heard, [1, 2]);
});

test('a response with an id that nobody waits for is dropped, however large the id', async (t) => {
  const { client, peer } = await pair(t);
  const request = client.request('Room.Join');
  // Ids that 32-bit arithmetic would take for 1.
  for (const id of [2 ** 32 + 1, 2n ** 63n + 1n, 99]) peer.respond(id, 'wrong');
  peer.respond(1, 'right');
  assert.equal(await request, 'right');
});

test('a listener that throws is reported and harms nobody', async (t) => {
  const reports = catchReports(t);
  const { client, peer } = await pair(t);
  const heard = [];
  client.on('onCount', () => {
    throw new Error('from a listener');
  });
  client.on('onCount', async () => {
    throw new Error('from an async listener');
  });
  client.on('onCount', (n) => heard.push(n));
  peer.push('onCount', 1);
  peer.push('onCount', 2);
  peer.push('onDone', null);
  await nextPush(client, 'onDone');
  assert.deepEqual(heard, [1, 2]);
  assert.equal(client.state, 'open');
  const errors = reports.map(([, error]) => error.message);
  assert.deepEqual(errors.sort(), [
    'from a listener',
    'from a listener',
    'from an async listener',
    'from an async listener',
  ]);
  assert.match(reports[0][0], /onCount/);
});

test('a push that cannot be decoded is reported and the next one heard', async (t) => {
  const reports = catchReports(t);
  const { client, peer } = await pair(t);
  const heard = nextPush(client, 'onMessage');
  peer.push('onMessage', bytes('{'));
  peer.push('onMessage', 'fine');
  assert.equal(await heard, 'fine');
  assert.match(reports[0][0], /onMessage/);
});

test('a state listener that throws does not keep the client from reconnecting', async (t) => {
  const reports = catchReports(t);
  const { server, client, peer } = await pair(t, { reconnect: { minDelayMs: 1 } });
  client.onState(() => {
    throw new Error('from a state listener');
  });
  const reopened = new Promise((resolve) => client.onState(({ state }) => state === 'open' && resolve()));
  peer.close();
  await server.open();
  await reopened;
  assert.equal(reports.length, 2);
});

test('a push larger than 64 KiB arrives, also in two messages', async (t) => {
  const { client, peer } = await pair(t);
  const large = 'ß'.repeat(100_000);
  const push = nextPush(client, 'onLarge');
  const packet = encodePacket(PacketType.data, peer.message(3, 0, 'onLarge', large));
  peer.sendBytes(packet.subarray(0, 70_000));
  peer.sendBytes(packet.subarray(70_000));
  assert.equal(await push, large);
});
