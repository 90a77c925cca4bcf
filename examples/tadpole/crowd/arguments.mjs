// The command line of the crowd.
import { parseArgs } from 'node:util';

const playersMax = 2000;
const secondsMax = 300;

export const usage = `usage: node crowd.mjs <address of the server, as ws://127.0.0.1:3260>
  The path of the address is /nano where it has none.
  --players <1 to ${playersMax}>   default 500
  --seconds <1 to ${secondsMax}>    how long they swim once all are in; default 20
  --help                  this text`;

/** Nothing when help is asked for. Throws an Error with a sentence. */
export function readArguments(words) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      players: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length !== 1) throw new Error('One address is needed.');
  return {
    url: addressOf(positionals[0]),
    count: numberUpTo(playersMax, '--players', values.players),
    seconds: numberUpTo(secondsMax, '--seconds', values.seconds),
  };
}

/** With the path that a Nano server has by default, where none is given. */
function addressOf(word) {
  if (!/^wss?:\/\/[^\s/?#]+(\/\S*)?$/.test(word)) {
    throw new Error(`An address begins with ws:// or wss://, as ws://127.0.0.1:3260, not as ${word}.`);
  }
  const url = new URL(word);
  if (url.pathname === '/') url.pathname = '/nano';
  return url.href;
}

function numberUpTo(max, name, word) {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 1 || number > max) {
    throw new Error(`${name} is a number from 1 to ${max}, not ${word}.`);
  }
  return number;
}
