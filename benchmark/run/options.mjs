// The command line of the runner.
import { rows as allRows } from './rows.mjs';

export const usage = `usage: ./dev bench [flags]
  --rows NAME,...    only these rows: ${wrapped(allRows.map((row) => row.name))}
  --peers NAME,...   only these peers, or "none"; all that can run here unless given
  --pairs N          how often each row is measured, ours and the limit server in turns (5)
  --seconds S        of each measurement, after a warm-up (3)
  --quick            tiny counts: shows that everything works, and measures nothing
  --output FOLDER    for results.json, results.md, report.html and charts/ (build/benchmark)
`;

const pairsForEachOfPeers = 3;

function wrapped(names) {
  const lines = [''];
  for (const name of names) {
    if (lines.at(-1).length + name.length > 70) lines.push('');
    lines[lines.length - 1] += `${name} `;
  }
  return lines.map((line) => line.trim()).join('\n                     ');
}

/** Its message is for the one who typed the command. */
export class UsageError extends Error {}

function number(flag, text, min, max) {
  const value = Number(text);
  if (!(value >= min && value <= max)) {
    throw new UsageError(`${flag} takes a number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}

function chosen(flag, text, known) {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0 || unknown.length > 0) {
    const wrong = unknown.length > 0 ? `there is no "${unknown.join('", "')}"` : 'a name is missing';
    throw new UsageError(`${flag}: ${wrong}; choose of ${known.join(', ')}`);
  }
  return names;
}

/** `args`: without the program; `peerNames`: those that there are. Throws UsageError. */
export function parseOptions(args, peerNames) {
  const options = { rows: allRows, peers: peerNames, quick: false, help: false, output: '' };
  const values = {
    '--rows': (text) => {
      const names = chosen(
        '--rows',
        text,
        allRows.map((row) => row.name),
      );
      options.rows = allRows.filter((row) => names.includes(row.name));
    },
    '--peers': (text) => {
      options.peers = text === 'none' ? [] : chosen('--peers', text, peerNames);
    },
    '--pairs': (text) => (options.pairs = Math.floor(number('--pairs', text, 1, 100))),
    '--seconds': (text) => (options.seconds = number('--seconds', text, 0.1, 600)),
    '--output': (text) => (options.output = text),
  };
  const left = [...args];
  while (left.length > 0) {
    const flag = left.shift();
    if (flag === '--quick') options.quick = true;
    else if (flag === '--help' || flag === '-h') options.help = true;
    else if (!(flag in values)) throw new UsageError(`there is no flag ${flag}`);
    else if (left.length === 0) throw new UsageError(`${flag} needs a value`);
    else values[flag](left.shift());
  }
  options.pairs ??= options.quick ? 1 : 5;
  options.peerPairs = Math.ceil(options.pairs / pairsForEachOfPeers);
  options.seconds ??= options.quick ? 0.2 : 3;
  options.warmUpS = options.quick ? 0.1 : 1;
  return options;
}
