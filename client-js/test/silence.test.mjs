// When a server counts as gone. In a file of its own, hence a process of its own: no other test's timers are
// mocked.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RouteDictionary } from '../dist/modules/dictionary.js';
import { encodeMessage, MessageType } from '../dist/modules/message.js';
import { encodePacket, PacketType } from '../dist/modules/packet.js';
import { begin, handshakeReply } from './memory_socket.mjs';
import { nextState } from './pair.mjs';
import { bytes } from './server.mjs';

const heartbeat = encodePacket(PacketType.heartbeat);
const push = encodePacket(
  PacketType.data,
  encodeMessage(MessageType.push, 0, 'onTick', bytes('1'), new RouteDictionary()),
);

/** A client whose server sends a heartbeat each second, and its socket. */
async function openWithMockedTime(t, options = { silenceTimeoutMs: 0 }) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { socket, client } = begin(options);
  socket.deliver(handshakeReply({ sys: { heartbeat: 1 } }));
  return { socket, client: await client };
}

/** Millisecond by millisecond, so that each timer is on time. */
function passTime(t, ms) {
  for (let n = 0; n < ms; n += 1) t.mock.timers.tick(1);
}

test('a server counts as gone after two and a half silent intervals, whatever came last', async (t) => {
  const { socket, client } = await openWithMockedTime(t);
  for (const packet of [heartbeat, push, heartbeat, push]) {
    passTime(t, 2499);
    assert.equal(client.state, 'open');
    socket.deliver(packet);
  }
  const request = client.request('Room.Join');
  const closed = nextState(client);
  passTime(t, 2499);
  assert.equal(client.state, 'open');
  t.mock.timers.tick(1);
  assert.equal(client.state, 'closed');
  const { state, error } = await closed;
  assert.deepEqual([state, error.reason], ['closed', 'heartbeat']);
  await assert.rejects(request, error);
  assert.ok(socket.isClosed);
});

test('a client that was held up itself reads what came meanwhile before it gives up', async (t) => {
  const { socket, client } = await openWithMockedTime(t);
  t.mock.timers.tick(60_000); // at once, so that its timer is late
  passTime(t, 499);
  assert.equal(client.state, 'open');
  socket.deliver(heartbeat);
  passTime(t, 2499);
  assert.equal(client.state, 'open');
  t.mock.timers.tick(60_000);
  passTime(t, 500);
  assert.equal(client.state, 'closed');
});

test('a message that takes longer than the intervals is waited for', async (t) => {
  const { socket, client } = await openWithMockedTime(t, {});
  const request = client.request('Map.Load', undefined, { timeoutMs: 0 });
  passTime(t, 9_999); // 4 MB at 8 Mbit/s take four seconds, in which a program hears nothing
  assert.equal(client.state, 'open');
  socket.deliver(push);
  passTime(t, 9_999);
  assert.equal(client.state, 'open');
  t.mock.timers.tick(1);
  assert.equal(client.state, 'closed');
  await assert.rejects(request, (error) => error.reason === 'heartbeat');
});

test('how long a message may take is an option', async (t) => {
  const { client } = await openWithMockedTime(t, { silenceTimeoutMs: 60_000 });
  passTime(t, 59_999);
  assert.equal(client.state, 'open');
  t.mock.timers.tick(1);
  assert.equal(client.state, 'closed');
});

test('a server without heartbeats is never taken for gone', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { socket, client } = begin();
  socket.deliver(handshakeReply());
  const opened = await client;
  t.mock.timers.tick(3_600_000);
  assert.equal(opened.state, 'open');
});
