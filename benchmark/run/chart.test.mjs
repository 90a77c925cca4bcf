import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { barChart, linearTicks, lineChart, logTicks } from './chart.mjs';

const series = [{ name: 'ours' }, { name: 'limit', colour: 'grey' }];
const bars = {
  title: 'Costs <of> "a" & b',
  subtitle: 'less is better',
  series,
  groups: [
    { name: 'first', target: { value: 2, text: '2.0 ×' }, bars: [{ series: 0, value: 1.5, text: '1.5 ×' }] },
    {
      name: 'second',
      bars: [
        { series: 0, value: 0.5, text: '0.5 ×' },
        { series: 1, value: 40, text: '40 ×' },
      ],
    },
  ],
  reference: { value: 1, name: 'the limit server' },
};

/** Throws where the text is not well-formed. */
function assertWellFormed(text) {
  const script = 'import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())';
  const { status, stderr } = spawnSync('python3', ['-c', script], { input: text, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

const bar = /<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="12" rx="2"/g;
const rectangles = (svg) => [...svg.matchAll(bar)];

test('ticks are 1, 2 and 5 of each power and enclose the numbers', () => {
  assert.deepEqual(logTicks(0.7, 12), [0.5, 1, 2, 5, 10, 20]);
});

test('ticks are whole powers where the numbers are far apart', () => {
  assert.deepEqual(logTicks(3, 200_000), [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
});

test('numbers that are ticks themselves are the ends of the axis', () => {
  assert.deepEqual(logTicks(1, 10), [1, 2, 5, 10]);
});

test('ticks of a linear axis are even, begin at 0 and hold the largest', () => {
  assert.deepEqual(linearTicks(1.23), [0, 0.5, 1, 1.5]);
  assert.deepEqual(linearTicks(5), [0, 1, 2, 3, 4, 5]);
});

test('lengths on a linear axis are as the numbers', () => {
  const groups = [1, 3].map((value) => ({ name: 'x', bars: [{ series: 0, value, text: '' }] }));
  const chart = barChart({ ...bars, groups, reference: undefined, linear: true });
  const [one, three] = rectangles(chart).map(([, , width]) => Number(width));
  assert.ok(Math.abs(three - 3 * one) < 0.3);
});

test('a bar chart is well-formed, and its texts are escaped', () => {
  const svg = barChart(bars);
  assertWellFormed(svg);
  assert.match(svg, /Costs &lt;of&gt; &quot;a&quot; &amp; b/);
});

test('a bar chart names each group, series, number and the reference', () => {
  const svg = barChart(bars);
  const texts = ['first', 'second', 'ours', 'limit', '1.5 × (target 2.0 ×)', '40 ×', 'the limit server'];
  for (const text of texts) {
    assert.ok(svg.includes(`>${text}`), text);
  }
});

test('bars begin at the reference: to the right above it, to the left below it', () => {
  const [above, below, far] = rectangles(barChart(bars)).map(([, x, width]) => [
    Number(x),
    Number(width),
  ]);
  assert.ok(Math.abs(below[0] + below[1] - above[0]) < 0.2, 'one ends where the other begins');
  assert.equal(far[0], above[0]);
  assert.ok(far[1] > above[1]);
});

test('equal ratios have equal lengths: the axis is logarithmic', () => {
  const groups = [2, 4, 8].map((value) => ({ name: 'x', bars: [{ series: 0, value, text: '' }] }));
  const widths = rectangles(barChart({ ...bars, groups })).map(([, , width]) => Number(width));
  assert.ok(Math.abs(widths[1] - 2 * widths[0]) < 0.3);
  assert.ok(Math.abs(widths[2] - 3 * widths[0]) < 0.3);
});

test('a single number has a chart, too', () => {
  const groups = [{ name: 'one', bars: [{ series: 0, value: 7, text: '7' }] }];
  const svg = barChart({ ...bars, groups, reference: undefined });
  assertWellFormed(svg);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

test('a line chart leaves out the points that a series has not', () => {
  const svg = lineChart({
    title: 'Latency',
    subtitle: '',
    points: ['50 %', '99 %', 'longest'],
    series: [
      { name: 'ours', values: [10, 20, 400] },
      { name: 'limit', values: [8, null, 300] },
    ],
  });
  assertWellFormed(svg);
  assert.doesNotMatch(svg, /NaN|Infinity/);
  const corners = [...svg.matchAll(/points="([^"]+)"/g)].map(([, points]) => points.split(' ').length);
  assert.deepEqual(corners, [3, 2]);
});
