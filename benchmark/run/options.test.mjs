import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseOptions, UsageError } from './options.mjs';
import { flagsOfStep, quickStep, rows } from './rows.mjs';

const peers = ['ws', 'pinus'];

test('without flags, all rows and peers are measured in five pairs', () => {
  const options = parseOptions([], peers);
  assert.equal(options.rows.length, rows.length);
  assert.deepEqual(options.peers, peers);
  assert.equal(options.pairs, 5);
});

test('rows and peers are chosen by name', () => {
  const options = parseOptions(['--rows', 'churn,tcp-1', '--peers', 'ws', '--pairs', '3'], peers);
  assert.deepEqual(
    options.rows.map((row) => row.name),
    ['tcp-1', 'churn'],
  );
  assert.deepEqual(options.peers, ['ws']);
  assert.equal(options.pairs, 3);
  assert.deepEqual(parseOptions(['--peers', 'none'], peers).peers, []);
});

test('wrong flags are answered with a sentence', () => {
  const wrong = [
    [['--rows', 'tcp-9'], /no "tcp-9"; choose of tcp-1, /],
    [['--peers', 'uws'], /no "uws"; choose of ws, pinus/],
    [['--pairs', 'many'], /--pairs takes a number from 1 to 100, not "many"/],
    [['--seconds'], /--seconds needs a value/],
    [['--fast'], /no flag --fast/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(
      () => parseOptions(args, peers),
      (error) => error instanceof UsageError && message.test(error),
    );
  }
});

test('a step becomes the flags of nano-bench', () => {
  const step = { scenario: 'open', connections: 1000, in_flight: 2, rate: 20_000 };
  assert.deepEqual(flagsOfStep(step), [
    'open',
    '--connections',
    '1000',
    '--in-flight',
    '2',
    '--rate',
    '20000',
  ]);
});

test('a quick step has some connections and some rate left', () => {
  assert.deepEqual(quickStep({ scenario: 'open', connections: 100, rate: 1000 }), {
    scenario: 'open',
    connections: 2,
    rate: 50,
  });
});
