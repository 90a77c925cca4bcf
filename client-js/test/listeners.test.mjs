// Which listeners of pushes hear what, when the same function is given more than once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

import { RouteDictionary } from '../dist/modules/dictionary.js';
import { encodeMessage, MessageType } from '../dist/modules/message.js';
import { encodePacket, PacketType } from '../dist/modules/packet.js';
import { open } from './memory_socket.mjs';
import { bytes } from './server.mjs';

/** A client, a function that pushes onCount, and a listener that notes what it hears. */
async function listening(t) {
  const { socket, client } = await open();
  t.after(() => client.close());
  const heard = [];
  const listener = (n) => heard.push(n);
  const push = async (n) => {
    const message = encodeMessage(MessageType.push, 0, 'onCount', bytes(String(n)), new RouteDictionary());
    socket.deliver(encodePacket(PacketType.data, message));
    await turn();
  };
  return { client, push, listener, heard };
}

test('a function given twice hears twice, and each subscription ends on its own', async (t) => {
  const { client, push, listener, heard } = await listening(t);
  const stopFirst = client.on('onCount', listener);
  const stopSecond = client.on('onCount', listener);
  await push(1);
  stopFirst();
  stopFirst();
  await push(2);
  stopSecond();
  await push(3);
  assert.deepEqual(heard, [1, 1, 2]);
});

test('off ends all subscriptions of a function, those for once too, and no others', async (t) => {
  const { client, push, listener, heard } = await listening(t);
  const others = [];
  client.on('onCount', (n) => others.push(n));
  client.on('onCount', listener);
  client.on('onCount', listener);
  client.once('onCount', listener);
  client.off('onCount', listener);
  await push(1);
  assert.deepEqual([heard, others], [[], [1]]);
});

test('a function can be taken back before its one push', async (t) => {
  const { client, push, listener, heard } = await listening(t);
  const stop = client.once('onCount', listener);
  client.once('onCount', listener);
  stop();
  await push(1);
  await push(2);
  assert.deepEqual(heard, [1]);
});

test('a subscription that ended long ago does not end a newer one', async (t) => {
  const { client, push, listener, heard } = await listening(t);
  const stop = client.on('onCount', listener);
  client.off('onCount', listener);
  client.on('onCount', listener);
  stop();
  await push(1);
  assert.deepEqual(heard, [1]);
});

test('a state listener given twice ends one subscription at a time', async (t) => {
  const { client } = await listening(t);
  const states = [];
  const listener = ({ state }) => states.push(state);
  const stop = client.onState(listener);
  client.onState(listener);
  stop();
  client.close();
  assert.deepEqual(states, ['closed']);
});
