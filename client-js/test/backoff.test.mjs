// When a lost connection is tried again, in a time of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

import { connect } from '../dist/index.js';
import { handshakeReply, MemorySocket } from './memory_socket.mjs';

/**
 * A client that is connected, and hears what it is told of its states. Chance takes nothing from the delays,
 * which are 100, 200, 400, 800, 1000, 1000... ms.
 */
async function connected(t, attempts) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(Math, 'random', () => 1);
  const sockets = [];
  const webSocket = function () {
    sockets.push(new MemorySocket());
    return sockets.at(-1);
  };
  const heard = [];
  const server = {
    heard,
    /** Lets the newest connection open. */
    async accept() {
      sockets.at(-1).onopen();
      sockets.at(-1).deliver(handshakeReply());
      await turn();
    },
    async drop() {
      sockets.at(-1).onclose();
      await turn();
    },
    /** Drops the connection; returns the delay until the next, which begins only after it. */
    async dropAndWait() {
      const count = sockets.length;
      await server.drop();
      const { delayMs } = heard.at(-1);
      t.mock.timers.tick(delayMs - 1);
      assert.equal(sockets.length, count);
      t.mock.timers.tick(1);
      assert.equal(sockets.length, count + 1);
      return delayMs;
    },
  };
  const reconnect = { minDelayMs: 100, maxDelayMs: 1000, attempts };
  const onState = (change) => heard.push(change);
  const connecting = connect('ws://memory', { webSocket, reconnect, onState });
  await server.accept();
  const client = await connecting;
  t.after(() => client.close());
  return { client, server };
}

test('a server that accepts and closes at once is asked less and less often', async (t) => {
  const { server } = await connected(t, Infinity);
  const delays = [];
  for (let n = 0; n < 6; n += 1) {
    delays.push(await server.dropAndWait());
    await server.accept();
  }
  assert.deepEqual(delays, [100, 200, 400, 800, 1000, 1000]);
});

test('a server that accepts and closes at once is given up after the given number of tries', async (t) => {
  const { client, server } = await connected(t, 3);
  for (let n = 0; n < 3; n += 1) {
    await server.dropAndWait();
    await server.accept();
    assert.equal(client.state, 'open');
  }
  await server.drop();
  assert.equal(client.state, 'closed');
  assert.equal(server.heard.at(-1).error.reason, 'server');
});

test('after a connection that was open for maxDelayMs tries are counted anew', async (t) => {
  const { server } = await connected(t, 2);
  for (const delayMs of [100, 200]) {
    assert.equal(await server.dropAndWait(), delayMs);
    await server.accept();
  }
  t.mock.timers.tick(1000);
  assert.equal(await server.dropAndWait(), 100);
});

test('what one connection falls short of maxDelayMs is not made up for by the next', async (t) => {
  const { server } = await connected(t, Infinity);
  for (const delayMs of [100, 200, 400, 800, 1000]) {
    assert.equal(await server.dropAndWait(), delayMs);
    await server.accept();
    t.mock.timers.tick(999);
  }
});
