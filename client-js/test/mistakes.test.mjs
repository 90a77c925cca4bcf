// What programs get wrong is said where they do it, with the name of what is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import WebSocket from 'ws';
import * as ws from 'ws';

import { connect, NanoError } from '../dist/index.js';
import { MemorySocket, open } from './memory_socket.mjs';

const someSocket = function () {
  return new MemorySocket();
};

/** Options of connect, and what is said about them. */
const wrongOptions = [
  [{ handshakeTimeoutMs: -1 }, /^the option handshakeTimeoutMs must be .*got -1$/],
  [{ requestTimeoutMs: NaN }, /^the option requestTimeoutMs must be .*got NaN$/],
  [{ requestTimeoutMs: '5000' }, /^the option requestTimeoutMs must be .*got string$/],
  [{ inflatedBytesMax: -1 }, /^the option inflatedBytesMax /],
  [{ reconnect: { minDelayMs: -1 } }, /^the option minDelayMs /],
  [{ reconnect: { attempts: 'many' } }, /^the option attempts /],
  [{ reconnect: { delayMs: 5 } }, /^there is no option delayMs; there are minDelayMs, maxDelayMs, attempts$/],
  [{ reconnect: 5 }, /^the option reconnect must be true, false or an object, got number$/],
  [{ queueNotifies: { size: 5 } }, /^there is no option size; there are max, bytesMax$/],
  [{ reconect: true }, /^there is no option reconect; there are user, .*reconnect,/],
  [{ toString: 1 }, /^there is no option toString;/],
  [{ onState: 'open' }, /^the option onState must be a function, got string$/],
  [{ webSocket: ws }, /^the option webSocket must be a function, got object; .*import WebSocket from 'ws'/],
  [{ webSocket: new MemorySocket() }, /^the option webSocket must be a function, got object/],
];
for (const [options, message] of wrongOptions) {
  test(`connect names what is wrong: ${message.source}`, async () => {
    const refused = connect('ws://memory', { webSocket: someSocket, ...options });
    await assert.rejects(refused, (error) => error instanceof NanoError && message.test(error.message));
  });
}

test('infinite and missing timeouts are as good as ever', async (t) => {
  const { socket, client } = await open({ handshakeTimeoutMs: Infinity, requestTimeoutMs: undefined });
  t.after(() => client.close());
  client.request('Room.Join', {}, { timeoutMs: 0 }).catch(() => {});
  assert.equal(socket.sent.length, 3);
});

test('a request or a wait with a timeout that is none is rejected, and nothing is sent', async (t) => {
  const { socket, client } = await open();
  t.after(() => client.close());
  const sent = socket.sent.length;
  for (const timeoutMs of [-1, NaN, '5000', {}]) {
    const error = { name: 'NanoError', message: /^the option timeoutMs / };
    await assert.rejects(client.request('Room.Join', {}, { timeoutMs }), error);
    await assert.rejects(client.once('onMessage', { timeoutMs }), error);
  }
  assert.throws(() => client.pushes('onMessage', { max: NaN }), { message: /^the option max / });
  assert.equal(socket.sent.length, sent);
});

test('a listener that is no function is refused at once', async (t) => {
  const { client } = await open();
  t.after(() => client.close());
  const message = /^the listener of onMessage must be a function, got (undefined|string|null)$/;
  assert.throws(() => client.on('onMessage'), { name: 'NanoError', message });
  assert.throws(() => client.on('onMessage', 'log'), { name: 'NanoError', message });
  assert.throws(() => client.once('onMessage', 'log'), { name: 'NanoError', message });
  assert.throws(() => client.once('onMessage', null), { name: 'NanoError', message });
  assert.throws(() => client.onState(), { name: 'NanoError', message: /state listener .*got undefined$/ });
});

test('a url that is no WebSocket address is a NanoError that names it, with the cause', async () => {
  await assert.rejects(connect('no address', { webSocket: WebSocket }), (error) => {
    assert.equal(error.name, 'NanoError');
    assert.match(error.message, /^no WebSocket to no address could be made: /);
    assert.equal(error.cause.name, 'SyntaxError');
    return true;
  });
});

test('a user that JSON has no form for is a MessageError, with the cause', async () => {
  const circular = {};
  circular.self = circular;
  for (const user of [circular, { id: 1n }]) {
    await assert.rejects(connect('ws://memory', { webSocket: someSocket, user }), (error) => {
      assert.deepEqual([error.name, error.cause.name], ['MessageError', 'TypeError']);
      return true;
    });
  }
});

test('where nothing answers, the address is named without its query, and what to look at', async () => {
  const socket = new MemorySocket();
  const webSocket = function () {
    return socket;
  };
  const refused = connect('ws://localhost:3250/play?token=secret', { webSocket });
  socket.onclose();
  await assert.rejects(refused, (error) => {
    assert.equal(error.reason, 'unreachable');
    assert.match(error.message, /^ws:\/\/localhost:3250\/play cannot be reached: .*\/nano\)$/);
    return true;
  });
});
