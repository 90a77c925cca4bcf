import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rows } from './rows.mjs';
import { linesOf, median, wentWell } from './summary.mjs';

const row = {
  subjects: ['ours'],
  figures: [
    {
      name: 'CPU',
      unit: 'cpu_s_per_million',
      of: ([result]) => result.cpu,
      against: 'limit',
      target: { of: 'ratio', max: 1.5 },
      peers: true,
    },
  ],
};
const run = (cpu, problem = null) => ({ results: [{ cpu }], problem });
const pairs = (...numbers) => numbers.map(([ours, limit]) => ({ ours: run(ours), limit: run(limit) }));
const lines = (rounds, peers = {}, of = row) => linesOf(of, { rounds, peers }, {});

test('the median of an even number of values lies between the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([10, 2, 3]), 3);
});

test('the ratio is the median of the ratios of pairs, not the ratio of medians', () => {
  const [line] = lines(pairs([1, 1], [20, 10], [3, 2]));
  assert.deepEqual(line.ratio, { median: 1.5, min: 1, max: 2 });
  assert.equal(line.value, 3);
  assert.equal(line.against_value, 2);
  assert.equal(line.reached, true);
});

test('a target is not reached when the ratio is over it', () => {
  const [line] = lines(pairs([16, 10]));
  assert.equal(line.reached, false);
});

test('a run that failed keeps its figures and does not reach the target', () => {
  const rounds = [{ ours: run(1, '3 lost of 10'), limit: run(1) }];
  const [line] = lines(rounds);
  assert.equal(line.value, 1);
  assert.equal(line.problem, '3 lost of 10');
  assert.equal(line.reached, false);
  assert.equal(wentWell({ rounds, lines: [line] }), false);
});

test('a side without results makes its line fail and leaves the other as it is', () => {
  const rounds = [{ ours: { results: [null], problem: 'does not start' }, limit: run(2) }];
  const [line] = lines(rounds);
  assert.equal(line.value, null);
  assert.equal(line.ratio, null);
  assert.equal(line.against_value, 2);
  assert.equal(line.problem, 'does not start');
});

test('results without the member that a figure is made of are a problem, and no exception', () => {
  const latency = { ...row, figures: [{ ...row.figures[0], of: ([result]) => result.latency_us.p99 }] };
  const [line] = lines(pairs([1, 1]), {}, latency);
  assert.equal(line.value, null);
  assert.match(line.problem, /no CPU/);
});

test('where the value is the target, a failure of the limit server does not count', () => {
  const memory = { ...row, figures: [{ ...row.figures[0], target: { of: 'value', max: 2048 } }] };
  const rounds = [{ ours: run(2000), limit: run(3000, 'closed') }];
  assert.equal(lines(rounds, {}, memory)[0].reached, true);
});

test('a peer has a line with its own pairs, and its failures are no failure of the run', () => {
  const peers = { ws: { transport: 'tcp', rounds: [{ ws: run(9, '2 lost'), limit: run(3) }] } };
  const rounds = pairs([1, 1]);
  const [own, peer] = lines(rounds, peers);
  assert.equal(own.peer, false);
  assert.equal(peer.subject, 'ws');
  assert.equal(peer.ratio.median, 3);
  assert.equal(peer.problem, '2 lost');
  assert.equal(wentWell({ rounds, lines: [own, peer] }), true);
});

test('each row names sides, subjects and yardsticks that it has', () => {
  for (const { name, sides, subjects, figures } of rows) {
    const known = sides.map((side) => side.name);
    for (const wanted of [...subjects, ...figures.flatMap((figure) => figure.against ?? [])]) {
      assert.ok(known.includes(wanted), `${name}: ${wanted}`);
    }
  }
});
