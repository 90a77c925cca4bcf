// The small parts that need no connection: handshake documents, serializers, ids, delays.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeHandshake, encodeHandshake } from '../dist/modules/handshake.js';
import { HandshakeError, ProtocolError } from '../dist/modules/errors.js';
import { jsonSerializer, rawSerializer } from '../dist/index.js';
import { reconnectDelayMs } from '../dist/modules/settings.js';
import { Requests } from '../dist/modules/requests.js';

const utf8 = (value) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

test('the handshake carries the user object, {} when there is none', () => {
  const sent = (user) => JSON.parse(new TextDecoder().decode(encodeHandshake(user)));
  assert.deepEqual(sent({ name: '玩家' }).user, { name: '玩家' });
  assert.deepEqual(sent(undefined).user, {});
  assert.deepEqual(Object.keys(sent(undefined).sys).sort(), ['type', 'version']);
});

test('the handshake reply gives heartbeat, dictionary and user', () => {
  const reply = {
    code: 200,
    sys: { heartbeat: 1.5, dict: { 'Room.Join': 1, onMessage: 65535 } },
    user: { id: 7 },
  };
  const handshake = decodeHandshake(utf8(reply));
  assert.equal(handshake.heartbeatMs, 1500);
  assert.equal(handshake.dictionary.codeOf('Room.Join'), 1);
  assert.equal(handshake.dictionary.routeOf(65535), 'onMessage');
  assert.equal(handshake.dictionary.routeOf(2), undefined);
  assert.deepEqual(handshake.user, { id: 7 });
});

test('a handshake reply may say as little as its code', () => {
  assert.equal(decodeHandshake(utf8({ code: 200 })).heartbeatMs, 0);
  assert.equal(decodeHandshake(utf8({ code: 200, sys: { heartbeat: 0, dict: null } })).heartbeatMs, 0);
});

test('a refusal is an error with its code and what the server says', () => {
  assert.throws(
    () => decodeHandshake(utf8({ code: 501, user: { text: 'too old' } })),
    (error) => {
      assert.ok(error instanceof HandshakeError);
      assert.equal(error.code, 501);
      assert.deepEqual(error.user, { text: 'too old' });
      return true;
    },
  );
});

test('a handshake reply that makes no sense is a protocol error', () => {
  const replies = ['', '{', '[]', 'null', '7', '{}', '{"code":"200"}'];
  for (const sys of [{ heartbeat: '30' }, { heartbeat: -1 }, { dict: [] }, { dict: 'x' }])
    replies.push({ code: 200, sys });
  for (const code of [-1, 65536, 1.5, '1', null]) replies.push({ code: 200, sys: { dict: { route: code } } });
  for (const reply of replies) {
    assert.throws(() => decodeHandshake(utf8(reply)), ProtocolError, JSON.stringify(reply));
  }
});

test('a dictionary may have routes named like members of objects', () => {
  const { dictionary } = decodeHandshake(utf8('{"code":200,"sys":{"dict":{"__proto__":3,"constructor":4}}}'));
  assert.equal(dictionary.routeOf(3), '__proto__');
  assert.equal(dictionary.codeOf('constructor'), 4);
  assert.equal(dictionary.codeOf('toString'), undefined);
});

test('JSON sends no body as {} and reads an empty payload as undefined', () => {
  assert.deepEqual(jsonSerializer.encode(undefined, 'r'), utf8('{}'));
  assert.deepEqual(jsonSerializer.encode(null, 'r'), utf8('null'));
  assert.equal(jsonSerializer.decode(new Uint8Array(0), 'r', 'push'), undefined);
  assert.throws(() => jsonSerializer.encode(() => {}, 'r'), TypeError);
});

test('bytes are not taken for JSON', () => {
  const buffer = new ArrayBuffer(4);
  for (const body of [buffer, new Uint8Array(buffer), new DataView(buffer), new Float32Array(buffer)]) {
    const refused = { name: 'TypeError', message: /rawSerializer, per route with byRoute/ };
    assert.throws(() => jsonSerializer.encode(body, 'r'), refused);
  }
});

test("raw bodies are bytes both ways, and the bytes read are the reader's own", () => {
  const buffer = Uint8Array.of(1, 2, 3);
  const read = rawSerializer.decode(buffer.subarray(1), 'r', 'push');
  buffer[1] = 9;
  assert.deepEqual(read, Uint8Array.of(2, 3));
  assert.equal(rawSerializer.encode(buffer, 'r'), buffer);
  assert.throws(() => rawSerializer.encode('text', 'r'), TypeError);
});

test('request ids count from 1, end below 2^31, begin anew, and skip those in use', async () => {
  const requests = new Requests();
  assert.deepEqual([requests.nextId(), requests.nextId()], [1, 2]);

  const late = new Requests(2 ** 31 - 2);
  const first = late.wait(1, 'slow', 0);
  assert.deepEqual([late.nextId(), late.nextId()], [2 ** 31 - 1, 2]);
  late.take(1).answer.resolve('done');
  assert.equal(await first, 'done');
});

test('a request that was given up is no longer waited for', async () => {
  const requests = new Requests();
  const controller = new AbortController();
  const late = requests.wait(1, 'slow', 1);
  const aborted = requests.wait(2, 'aborted', 0, controller.signal);
  await assert.rejects(late, { name: 'TimeoutError' });
  controller.abort('enough');
  await assert.rejects(aborted, (reason) => reason === 'enough');
  assert.deepEqual([requests.take(1), requests.take(2)], [undefined, undefined]);
});

test('delays between tries double up to their limit, and chance takes at most half of them', () => {
  const limits = { minDelayMs: 100, maxDelayMs: 1000 };
  const delays = (random) => [1, 2, 3, 4, 5, 100, 5000].map((n) => reconnectDelayMs(n, limits, () => random));
  assert.deepEqual(delays(1), [100, 200, 400, 800, 1000, 1000, 1000]);
  assert.deepEqual(delays(0), [50, 100, 200, 400, 500, 500, 500]);
});
