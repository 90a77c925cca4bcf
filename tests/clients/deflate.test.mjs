// Compression and subprotocols of WebSocket, with a client library that speaks both.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';

import { ConformanceServer } from './server.mjs';

const handshake = 1;
const acknowledgement = 2;
const data = 4;
const route = Buffer.from('Test.Echo');
const json = Buffer.from(
  JSON.stringify(Array.from({ length: 40 }, (_, n) => ({ name: `player ${n}`, x: n / 2, y: n / 4 }))),
);

function packet(type, body = Buffer.alloc(0)) {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  header[0] = type;
  return Buffer.concat([header, body]);
}

const echo = (payload) =>
  packet(data, Buffer.concat([Buffer.from([0, 7, route.length]), route, payload]));
const answer = (payload) => packet(data, Buffer.concat([Buffer.from([4, 7]), payload]));

let server;
before(async () => {
  process.env.NANO_TEST_DEFLATE = '1';
  server = await ConformanceServer.start();
});
after(async () => {
  if (server) assert.equal(await server.stop(), 0, 'the server ends with exit code 0');
});

/** After the handshake; `next()` is the next message that is no heartbeat. */
async function opened(t, options, subprotocols = []) {
  const socket = new WebSocket(server.websocketUrl, subprotocols, options);
  t.after(() => socket.terminate());
  const messages = [];
  socket.on('message', (message) => {
    if (message[0] === handshake || message[0] === data) messages.push(message);
    socket.emit('kept');
  });
  const next = async () => {
    while (messages.length === 0) await once(socket, 'kept');
    return messages.shift();
  };
  await once(socket, 'open');
  socket.send(packet(handshake));
  await next();
  socket.send(packet(acknowledgement));
  return { socket, next };
}

/** How many bytes an answered echo takes to the client and from it. */
async function bytesOfEcho({ socket, next }, send) {
  const before = [socket._socket.bytesRead, socket._socket.bytesWritten];
  send(echo(json));
  assert.deepEqual(await next(), answer(json));
  return [socket._socket.bytesRead - before[0], socket._socket.bytesWritten - before[1]];
}

const compressing = { perMessageDeflate: { threshold: 0 } };

test('compression is agreed on without context takeover, and saves bytes in both directions', async (t) => {
  const client = await opened(t, compressing);
  assert.match(client.socket.extensions, /permessage-deflate/);
  for (let i = 0; i < 5; ++i) {
    const [read, written] = await bytesOfEcho(client, (bytes) => client.socket.send(bytes));
    assert.ok(read < json.length / 2, `${read} of ${json.length} bytes to the client`);
    assert.ok(written < json.length / 2, `${written} of ${json.length} bytes from the client`);
  }
});

test('a compressed message may come in fragments, and messages may come plain', async (t) => {
  const client = await opened(t, compressing);
  await bytesOfEcho(client, (bytes) => {
    client.socket.send(bytes.subarray(0, 500), { fin: false });
    client.socket.ping();
    client.socket.send(bytes.subarray(500), { fin: true });
  });
  await bytesOfEcho(client, (bytes) => client.socket.send(bytes, { compress: false }));
});

test('a client that offers no compression sees none', async (t) => {
  const client = await opened(t, { perMessageDeflate: false });
  assert.equal(client.socket.extensions, '');
  const [read] = await bytesOfEcho(client, (bytes) => client.socket.send(bytes));
  assert.ok(read > json.length);
});

test('a message that inflates beyond the limit closes its connection alone', async (t) => {
  const client = await opened(t, compressing);
  const other = await opened(t, compressing);
  client.socket.send(Buffer.alloc(2 << 20));
  const [code] = await once(client.socket, 'close');
  assert.equal(code, 1009);
  await bytesOfEcho(other, (bytes) => other.socket.send(bytes));
});

test("the server's first subprotocol that the client names is answered", async (t) => {
  const client = await opened(t, {}, ['other', 'nano.v1', 'nano.v2']);
  assert.equal(client.socket.protocol, 'nano.v2');
  const refused = new WebSocket(server.websocketUrl, ['other']);
  const [error] = await once(refused, 'error');
  assert.match(error.message, /subprotocol/);
});
