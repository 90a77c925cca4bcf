// Compressed payloads, which some servers send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import { ProtocolError } from '../dist/modules/errors.js';
import { inflate } from '../dist/modules/inflate.js';
import { MessageType } from '../dist/modules/message.js';
import { encodePacket, PacketType } from '../dist/modules/packet.js';
import { open } from './memory_socket.mjs';
import { nextPush, nextState, pair } from './pair.mjs';
import { bytes } from './server.mjs';

const deflatedFlag = 0x10;
const errorFlag = 0x20;
const mebibyte = 2 ** 20;

/** Sends a message with a payload that is marked as compressed, be it or not. */
function sendDeflated(peer, type, id, route, payload, flags = 0) {
  const message = peer.message(type, id, route, new Uint8Array(payload));
  message[0] |= deflatedFlag | flags;
  peer.send(PacketType.data, message);
}

const pushDeflated = (peer, route, body) =>
  sendDeflated(peer, MessageType.push, 0, route, deflateSync(JSON.stringify(body)));

test('what one zlib stream holds is found again, whatever its length', async () => {
  for (const length of [0, 1, 1023, 1024, 1025, 100_000, mebibyte]) {
    const content = Uint8Array.from({ length }, (_, n) => (n * n) >> 5);
    for (const level of [0, 1, 9]) {
      assert.deepEqual(await inflate(new Uint8Array(deflateSync(content, { level })), mebibyte), content);
    }
  }
});

test('bytes that are not one whole zlib stream are told apart', async () => {
  const whole = deflateSync('hello');
  const flipped = Buffer.from(whole);
  flipped[4] ^= 0xff;
  const badSum = Buffer.from(whole);
  badSum[badSum.length - 1] ^= 1;
  const others = {
    nothing: [],
    JSON: bytes('{"text":"hello"}'),
    'only a header': whole.subarray(0, 2),
    'all but the last byte': whole.subarray(0, -1),
    'one byte too many': [...whole, 0],
    'two streams': [...whole, ...deflateSync('world')],
    'a wrong byte': flipped,
    'a wrong sum': badSum,
    gzip: gzipSync('hello'),
    'deflate without a header': deflateRawSync('hello'),
  };
  for (const [what, payload] of Object.entries(others)) {
    assert.equal(await inflate(Uint8Array.from(payload), mebibyte), undefined, what);
  }
});

test('the limit is exact, and a bomb is not inflated to its end', async () => {
  const deflated = (length) => new Uint8Array(deflateSync(Buffer.alloc(length)));
  assert.equal((await inflate(deflated(5000), 5000)).length, 5000);
  await assert.rejects(inflate(deflated(5001), 5000), ProtocolError);

  const bomb = deflated(256 * mebibyte);
  const before = process.memoryUsage().arrayBuffers;
  await assert.rejects(inflate(bomb, mebibyte), /more than 1048576 bytes/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 * mebibyte);
});

test('compressed responses, errors and pushes are inflated, and the order stays', async (t) => {
  const { client, peer } = await pair(t);
  const heard = [];
  client.on('onText', (text) => heard.push(text));
  const large = 'ß'.repeat(300_000);
  const answers = [client.request('Room.A'), client.request('Room.B'), client.request('Room.C')];
  pushDeflated(peer, 'onText', large);
  peer.push('onText', 'plain');
  sendDeflated(peer, MessageType.response, 1, '', deflateSync('{"is":"A"}'));
  const failed = deflateSync('{"code":"full","msg":"This room is full."}');
  sendDeflated(peer, MessageType.response, 2, '', failed, errorFlag);
  peer.respond(3, { is: 'C' });
  pushDeflated(peer, 'onText', 'small');
  peer.push('onText', 'last');
  peer.push('onDone', null);
  const done = nextPush(client, 'onDone');
  assert.deepEqual(await answers[0], { is: 'A' });
  await assert.rejects(answers[1], { name: 'ResponseError', code: 'full', msg: 'This room is full.' });
  assert.deepEqual(await answers[2], { is: 'C' });
  await done;
  assert.deepEqual(heard, [large, 'plain', 'small', 'last']);
});

test('a payload that is marked as compressed and is not is taken as it is', async (t) => {
  const { client, peer } = await pair(t);
  const heard = nextPush(client, 'onText');
  sendDeflated(peer, MessageType.push, 0, 'onText', bytes('{"text":"hello"}'));
  assert.deepEqual(await heard, { text: 'hello' });
});

test('a payload that inflates beyond the limit closes the connection', async (t) => {
  const { client, peer } = await pair(t, { inflatedBytesMax: 1000 });
  pushDeflated(peer, 'onText', 'x'.repeat(998));
  assert.equal((await nextPush(client, 'onText')).length, 998);
  const closed = nextState(client);
  pushDeflated(peer, 'onText', 'x'.repeat(999));
  const { error } = await closed;
  assert.equal(error.reason, 'protocol');
  assert.ok(error.cause.message.includes('1000 bytes'));
  await peer.closed;
});

test('what came before the end of the connection is handled, also where it had to be inflated', async (t) => {
  const { client, peer } = await pair(t);
  const request = client.request('Room.Join');
  const lost = client.request('Room.Lost');
  sendDeflated(peer, MessageType.response, 1, '', deflateSync(JSON.stringify('x'.repeat(500_000))));
  peer.close();
  assert.equal((await request).length, 500_000);
  await assert.rejects(lost, { reason: 'server' });
});

/** A push with a compressed payload, as a packet. */
function deflatedPush(route, body) {
  const head = [6 | deflatedFlag, route.length, ...bytes(route)];
  return encodePacket(PacketType.data, Uint8Array.from([...head, ...deflateSync(JSON.stringify(body))]));
}

test('a client that is closed while it inflates delivers nothing more', async () => {
  const { client, socket } = await open();
  const heard = [];
  client.on('onText', (text) => heard.push(text));
  const closed = nextState(client);
  socket.deliver(deflatedPush('onText', 'late'));
  socket.deliver(deflatedPush('onText', 'later'));
  client.close();
  await closed;
  const other = await open();
  const inflated = nextPush(other.client, 'onText');
  other.socket.deliver(deflatedPush('onText', 'x'.repeat(100_000)));
  await inflated;
  assert.deepEqual(heard, []);
});

test('packets that pile up behind a payload being inflated are bounded', async () => {
  const { client, socket } = await open();
  const heard = [];
  client.on('onText', (text) => heard.push(text));
  const closed = nextState(client);
  const head = [6, 'onText'.length, ...bytes('onText')];
  const large = encodePacket(
    PacketType.data,
    Buffer.concat([Uint8Array.from(head), bytes(`"${'x'.repeat(2 ** 23)}"`)]),
  );
  socket.deliver(deflatedPush('onText', 'first'));
  for (let n = 0; n < 5; n += 1) socket.deliver(large);
  const { error } = await closed;
  assert.equal(error.reason, 'protocol');
  assert.match(error.message, /while a payload was being inflated/);
  assert.deepEqual(
    heard.map((text) => text.length),
    [5, 2 ** 23, 2 ** 23, 2 ** 23, 2 ** 23],
  );
});
