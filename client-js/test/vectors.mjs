// The wire vectors that all implementations in this repository are tested with, and their hex notation.
import { readFileSync } from 'node:fs';

export const vectors = JSON.parse(
  readFileSync(new URL('../../protocol/testdata/wire-vectors.json', import.meta.url), 'utf8'),
);

/** Bytes of tokens as '04010000 61*65536': hex digits, optionally repeated. */
export function bytesOf(text) {
  const parts = text
    .split(' ')
    .filter((token) => token !== '')
    .map((token) => {
      const [hex, count = '1'] = token.split('*');
      return Buffer.from(hex.repeat(Number(count)), 'hex');
    });
  return new Uint8Array(Buffer.concat(parts));
}

export function hexOf(bytes) {
  return Buffer.from(bytes).toString('hex');
}
