import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { MessageError, ProtocolError } from '../dist/modules/errors.js';
import { encodePacket, PacketDecoder, PacketType } from '../dist/modules/packet.js';
import { bytesOf, hexOf, vectors } from './vectors.mjs';

const limit = vectors.max_packet_body;

function decode(chunks) {
  const decoder = new PacketDecoder(limit);
  return chunks.flatMap((chunk) => [...decoder.feed(chunk)]).map(plain);
}

function plain({ type, body }) {
  return { type, body: hexOf(body) };
}

function expected(packets) {
  return packets.map(({ type, body }) => ({ type, body: hexOf(bytesOf(body)) }));
}

function oneByOne(bytes) {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

describe('packets', () => {
  for (const vector of vectors.packets) {
    test(`${vector.name} is encoded as the vector says`, () => {
      assert.equal(hexOf(encodePacket(vector.type, bytesOf(vector.body))), hexOf(bytesOf(vector.hex)));
    });
    test(`${vector.name} is decoded as the vector says`, () => {
      assert.deepEqual(decode([bytesOf(vector.hex)]), expected([vector]));
    });
  }

  test('a body that three bytes cannot count is refused', () => {
    assert.throws(() => encodePacket(PacketType.data, new Uint8Array(2 ** 24)), MessageError);
  });
});

describe('streams', () => {
  for (const vector of vectors.streams) {
    const chunks = vector.chunks.map(bytesOf);
    const whole = Uint8Array.from(Buffer.concat(chunks));

    test(`${vector.name} is cut into its packets`, () => {
      assert.deepEqual(decode(chunks), expected(vector.packets));
    });
    test(`${vector.name} gives the same packets byte by byte`, () => {
      assert.deepEqual(decode(oneByOne(whole)), expected(vector.packets));
    });
    test(`${vector.name} gives the same packets wherever it is split in two`, () => {
      // Every place in short streams; in long ones those around the header and the end, and some between.
      const step = Math.max(1, Math.floor((whole.length - 32) / 64));
      for (let at = 0; at <= whole.length; at += at < 16 || at > whole.length - 16 ? 1 : step) {
        const split = [whole.subarray(0, at), whole.subarray(at)];
        assert.deepEqual(decode(split), expected(vector.packets), `split at ${at}`);
      }
    });
  }

  test('a short stream gives the same packets in every possible split', () => {
    const whole = bytesOf('04000003616263 03000000 0400000178');
    const packets = decode([whole]);
    assert.equal(packets.length, 3);
    for (let splits = 0; splits < 2 ** (whole.length - 1); splits += 1) {
      const chunks = [];
      let start = 0;
      for (let at = 1; at <= whole.length; at += 1) {
        if (at === whole.length || (splits >> (at - 1)) & 1) {
          chunks.push(whole.subarray(start, at));
          start = at;
        }
      }
      assert.deepEqual(decode(chunks), packets);
    }
  });

  for (const vector of vectors.incomplete) {
    test(`after ${vector.name} the decoder waits for more`, () => {
      assert.deepEqual(decode([bytesOf(vector.hex)]), expected(vector.packets));
      assert.deepEqual(decode(oneByOne(bytesOf(vector.hex))), expected(vector.packets));
    });
  }

  for (const vector of vectors.invalid.filter(({ layer }) => layer === 'packet')) {
    test(`${vector.name} is refused: ${vector.why}`, () => {
      assert.throws(() => decode([bytesOf(vector.hex)]), ProtocolError);
      assert.throws(() => decode(oneByOne(bytesOf(vector.hex))), ProtocolError);
    });
  }

  test('packets before a bad one are delivered', () => {
    const seen = [];
    assert.throws(() => {
      for (const packet of new PacketDecoder().feed(bytesOf('03000000 0400000161 09000000')))
        seen.push(plain(packet));
    }, ProtocolError);
    assert.deepEqual(seen, [
      { type: 3, body: '' },
      { type: 4, body: '61' },
    ]);
  });
});
