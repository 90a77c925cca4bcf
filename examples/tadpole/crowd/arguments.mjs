// The command line of the crowd.
import { parseArgs } from 'node:util';

const playersMax = 2000;
const secondsMax = 300;

export const usage = `usage: node crowd.mjs <address of the server, as ws://127.0.0.1:3260/nano>
  --players <1 to ${playersMax}>   default 500
  --seconds <1 to ${secondsMax}>    how long they swim once all are in; default 20`;

/** Throws an Error with a sentence. */
export function readArguments(words) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      players: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '20' },
    },
  });
  const [url] = positionals;
  if (positionals.length !== 1 || !/^wss?:\/\/./.test(url)) throw new Error('One address is needed.');
  return {
    url,
    count: numberUpTo(playersMax, '--players', values.players),
    seconds: numberUpTo(secondsMax, '--seconds', values.seconds),
  };
}

function numberUpTo(max, name, word) {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 1 || number > max) {
    throw new Error(`${name} is a number from 1 to ${max}, not ${word}.`);
  }
  return number;
}
