// Numbers that look random and are the same on every page, as the pond's plants and stones have to be.

/** A function that returns numbers from 0 up to 1, always the same for the same seeds. */
export function seeded(...seeds) {
  let state = 0x9e3779b9;
  for (const seed of seeds) state = mixed(state ^ Math.imul(seed | 0, 0x85ebca6b));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mixed(state) / 2 ** 32;
  };
}

function mixed(bits) {
  let result = bits;
  result = Math.imul(result ^ (result >>> 16), 0x45d9f3b);
  result = Math.imul(result ^ (result >>> 15), 0x2c1b3c6d);
  return (result ^ (result >>> 16)) >>> 0;
}

/** The same number for the same name on every page. */
export function hashOf(text) {
  let hash = 7;
  for (const character of text) hash = mixed(hash * 31 + character.codePointAt(0));
  return hash;
}
