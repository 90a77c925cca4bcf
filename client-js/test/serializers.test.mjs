// Serializers by route, and messages of the two protobuf libraries.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { byRoute, MessageError, rawSerializer } from '../dist/index.js';
import { nextPush, pair } from './pair.mjs';
import { libraries, ping } from './ping.mjs';
import { hexOf } from './vectors.mjs';

/** `ping` on the wire. */
const pingHex = '0a02686910818080808020';

test('each route has its own serializer, and the others share one', async (t) => {
  const reversed = {
    encode: (body) => new TextEncoder().encode([...body].reverse().join('')),
    decode: (payload, route, kind) => `${kind} ${route} ${new TextDecoder().decode(payload)}`,
  };
  const serializer = byRoute({ 'Raw.Echo': rawSerializer, onRaw: rawSerializer, 'Text.Echo': reversed });
  const { client, peer } = await pair(t, { serializer });
  const answers = [
    client.request('Raw.Echo', Uint8Array.of(1, 2)),
    client.request('Text.Echo', 'abc'),
    client.request('Room.Join', { name: 'Ada' }),
    client.request('constructor', {}),
  ];
  const payloads = [];
  for (let n = 0; n < answers.length; n += 1) {
    // The payload is what follows flag, id and route.
    const body = await peer.read(4);
    payloads.push(Buffer.from(body.subarray(3 + body[2])));
    peer.respond(body[1], payloads[n]);
  }
  assert.deepEqual(payloads.map(String), ['\x01\x02', 'cba', '{"name":"Ada"}', '{}']);
  assert.deepEqual(await Promise.all(answers), [
    Uint8Array.of(1, 2),
    'response Text.Echo cba',
    { name: 'Ada' },
    {},
  ]);
  const raw = nextPush(client, 'onRaw');
  peer.push('onRaw', Uint8Array.of(7));
  assert.deepEqual(await raw, Uint8Array.of(7));
});

for (const [name, { serializer, type, message, plain, read }] of Object.entries(libraries)) {
  test(`${name}: messages and plain objects are encoded, payloads are decoded by their kind`, () => {
    const { encode, decode } = serializer({ request: type, response: type, push: type });
    assert.equal(hexOf(encode(message, 'r')), pingHex);
    assert.equal(hexOf(encode(plain, 'r')), pingHex);
    assert.equal(encode(undefined, 'r').length, 0);
    for (const kind of ['response', 'push']) {
      assert.deepEqual(read(decode(Buffer.from(pingHex, 'hex'), 'r', kind)), ping);
    }
    assert.equal(read(decode(new Uint8Array(0), 'r', 'push')).content, '');
  });

  test(`${name}: a type that is left out stands for no body`, () => {
    const { encode, decode } = serializer({});
    assert.equal(encode(undefined, 'r').length, 0);
    assert.throws(() => encode(plain, 'Proto.Echo'), /no request type is given for Proto\.Echo/);
    assert.equal(decode(Uint8Array.of(1), 'r', 'response'), undefined);
  });

  test(`${name}: requests, notifies and pushes carry messages; broken ones are errors`, async (t) => {
    const messages = serializer({ request: type, response: type });
    const { client, peer } = await pair(t, {
      serializer: byRoute({
        'Proto.Echo': messages,
        'Proto.Poke': messages,
        onProto: serializer({ push: type }),
      }),
    });
    const request = client.request('Proto.Echo', plain);
    const broken = client.request('Proto.Echo', message);
    client.notify('Proto.Poke', message);
    for (let n = 0; n < 3; n += 1) assert.ok(hexOf(await peer.read(4)).endsWith(pingHex));
    peer.respond(1, Buffer.from(pingHex, 'hex'));
    peer.respond(2, Uint8Array.of(0x0a, 0xff));
    assert.deepEqual(read(await request), ping);
    await assert.rejects(broken, (error) => error instanceof MessageError && error.cause instanceof Error);
    const push = nextPush(client, 'onProto');
    peer.push('onProto', Uint8Array.from(Buffer.from(pingHex, 'hex')));
    assert.deepEqual(read(await push), ping);
  });
}
