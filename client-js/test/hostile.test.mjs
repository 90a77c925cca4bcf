// A server that sends anything at all: streams that are valid but for some mutations, from a seed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';

import { ConnectionClosedError, HandshakeError, NanoError, ProtocolError } from '../dist/index.js';
import { RouteDictionary } from '../dist/modules/dictionary.js';
import { encodeMessage, MessageType } from '../dist/modules/message.js';
import { encodePacket, PacketType } from '../dist/modules/packet.js';
import { begin, handshakeReply } from './memory_socket.mjs';
import { bytes } from './server.mjs';
import { bytesOf, vectors } from './vectors.mjs';

const seed = Number(process.env.NANO_SEED ?? 1 + Math.floor(Math.random() * 2 ** 31));
const rounds = 3000;

/** mulberry32: small, and the same everywhere. */
function generator(state) {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const dictionary = { 'Room.Join': 1, onMessage: 2 };
const handshake = handshakeReply({ sys: { heartbeat: 30, dict: dictionary }, user: { id: 7 } });

/** Packets that a server may send after the handshake. */
const packets = (() => {
  const routes = new RouteDictionary(Object.entries(dictionary));
  const data = (type, id, route, payload, flags = 0) => {
    const message = encodeMessage(type, id, route, new Uint8Array(payload), routes);
    message[0] |= flags;
    return encodePacket(PacketType.data, message);
  };
  const { push, response } = MessageType;
  return [
    data(push, 0, 'onMessage', bytes('{"text":"Grüße 👋"}')),
    data(push, 0, 'onOther', bytes('[1,2,3]')),
    data(push, 0, 'onMessage', deflateSync('{"text":"compressed"}'), 0x10),
    data(response, 1, '', bytes('{"members":3}')),
    data(response, 2, '', bytes('{"code":"full","msg":"no"}'), 0x20),
    data(response, 3, '', deflateSync('{"members":3}'), 0x10),
    data(response, 2 ** 33 + 1, '', bytes('{}')),
    encodePacket(PacketType.heartbeat),
    encodePacket(PacketType.kick, bytes('{"reason":"enough"}')),
    ...vectors.invalid.filter(({ layer }) => layer === 'packet').map(({ hex }) => bytesOf(hex)),
    ...vectors.lenient.map(({ hex }) => encodePacket(PacketType.data, bytesOf(hex))),
  ];
})();

function randomStream(random) {
  const parts = [handshake];
  for (let n = random(8); n > 0; n -= 1) parts.push(packets[random(random(3) === 0 ? packets.length : 8)]);
  const stream = Buffer.concat(parts);
  for (let n = random(4); n > 0; n -= 1) {
    const at = random(stream.length);
    if (random(2) === 0) stream[at] = random(256);
    else stream[at] ^= 1 << random(8);
  }
  const end = random(6) === 0 ? random(stream.length) : stream.length;
  return stream.subarray(0, end);
}

/** Feeds a stream in random pieces, then ends it. Resolves with the error that closed the client. */
async function survive(random) {
  let heardClosed;
  const closed = new Promise((resolve) => (heardClosed = resolve));
  const onState = ({ state, error }) => state === 'closed' && heardClosed(error);
  const { socket, client } = begin({ requestTimeoutMs: 0, handshakeTimeoutMs: 0, onState });
  const settled = client.then(use, (error) => assert.ok(error instanceof NanoError));
  const stream = randomStream(random);
  for (let start = 0; start < stream.length;) {
    const end = start + 1 + random(random(2) === 0 ? 8 : stream.length);
    socket.deliver(stream.subarray(start, end));
    start = end;
    if (random(4) === 0) await turn();
  }
  socket.onclose();
  await settled;
  return closed;
}

/** Resolves when all requests are settled. */
async function use(client) {
  client.on('onMessage', () => {});
  const answers = ['Room.Join', 'Room.B', 'Room.C'].map((route) => client.request(route));
  const results = await Promise.allSettled(answers);
  for (const { status, reason } of results) assert.ok(status === 'fulfilled' || reason instanceof NanoError);
}

const unhandled = [];
const note = (error) => unhandled.push(error);
before(() => process.on('unhandledRejection', note));
after(() => process.off('unhandledRejection', note));

test(`whatever the server sends, the client works or closes with a reason (seed ${seed})`, async (t) => {
  t.mock.method(console, 'error', () => {});
  const random = generator(seed);
  const seen = new Set();
  for (let round = 0; round < rounds; round += 1) {
    const error = await survive(random);
    const where = `seed ${seed}, round ${round}: ${error.stack}`;
    assert.ok(error instanceof ConnectionClosedError, where);
    if (error.reason === 'protocol') assert.ok(error.cause instanceof ProtocolError, where);
    if (error.reason === 'refused') assert.ok(error.cause instanceof HandshakeError, where);
    seen.add(error.reason);
  }
  await turn();
  assert.deepEqual(unhandled, []);
  for (const outcome of ['server', 'kick', 'protocol', 'refused'])
    assert.ok(seen.has(outcome), `no stream led to ${outcome}`);
});
