import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { RouteDictionary } from '../dist/modules/dictionary.js';
import { MessageError, ProtocolError } from '../dist/modules/errors.js';
import { decodeMessage, encodeMessage, MessageType } from '../dist/modules/message.js';
import { bytesOf, hexOf, vectors } from './vectors.mjs';

const dictionary = new RouteDictionary(Object.entries(vectors.dictionary));

function plain({ type, id, route, payload }) {
  return { type, id: String(id), route, payload: hexOf(payload) };
}

describe('messages', () => {
  for (const vector of vectors.messages) {
    const { type, id, route } = vector;
    const payload = bytesOf(vector.payload);

    test(`${vector.name} is encoded as the vector says`, () => {
      assert.equal(
        hexOf(encodeMessage(type, BigInt(id), route, payload, dictionary)),
        hexOf(bytesOf(vector.hex)),
      );
    });
    test(`${vector.name} is decoded as the vector says`, () => {
      const message = decodeMessage(bytesOf(vector.hex), dictionary);
      assert.deepEqual(plain(message), { type, id, route, payload: hexOf(payload) });
    });
  }

  for (const vector of vectors.lenient) {
    test(`${vector.name} is taken leniently or refused, as the vector allows`, () => {
      let message;
      try {
        message = decodeMessage(bytesOf(vector.hex), dictionary);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, String(error));
        assert.equal(vector.expect, 'any');
        return;
      }
      const { route_hex: routeHex, ...decoded } = vector.decode;
      const { route, ...rest } = plain(message);
      if (routeHex === undefined) assert.equal(route, decoded.route);
      assert.deepEqual({ ...rest, route: decoded.route }, { ...decoded, route: decoded.route });
    });
  }

  for (const vector of vectors.invalid.filter(({ layer }) => layer === 'message')) {
    test(`${vector.name} is refused: ${vector.why}`, () => {
      assert.throws(() => decodeMessage(bytesOf(vector.hex), dictionary), ProtocolError);
    });
  }

  test('ids are numbers as long as numbers are exact', () => {
    for (const id of [0, 127, 2 ** 31, 2 ** 32, 2 ** 49, 2 ** 53 - 1]) {
      const bytes = encodeMessage(MessageType.response, id, '', new Uint8Array(0), dictionary);
      assert.strictEqual(decodeMessage(bytes, dictionary).id, id);
    }
  });

  test('bit 5 marks a response as an error, and means nothing elsewhere', () => {
    assert.equal(decodeMessage(bytesOf('24017b7d'), dictionary).isError, true);
    assert.equal(decodeMessage(bytesOf('04017b7d'), dictionary).isError, false);
    assert.equal(decodeMessage(bytesOf('26026f6e7b7d'), dictionary).isError, false);
  });

  test('bit 4 marks a payload as compressed, whatever the type', () => {
    assert.equal(decodeMessage(bytesOf('1401789c'), dictionary).isDeflated, true);
    assert.equal(decodeMessage(bytesOf('16026f6e789c'), dictionary).isDeflated, true);
    assert.equal(decodeMessage(bytesOf('0401789c'), dictionary).isDeflated, false);
  });

  test('a route of 256 bytes cannot be sent', () => {
    const send = (route) => encodeMessage(MessageType.notify, 0, route, new Uint8Array(0), dictionary);
    assert.equal(send('é'.repeat(127)).length, 2 + 254);
    assert.throws(() => send('é'.repeat(128)), MessageError);
  });
});
