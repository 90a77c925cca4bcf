// Every row against the real servers, with counts so small that the figures mean nothing. NANO_BENCH_PROGRAMS
// names the folder of the build with the programs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { rows } from './rows.mjs';

const runner = fileURLToPath(new URL('bench.mjs', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'nano-bench-rows-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function assertWellFormed(file) {
  const script = 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])';
  const { status, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
  assert.equal(status, 0, `${file}: ${stderr}`);
}

describe('a quick run of all rows', () => {
  let ended;
  let results;

  before(() => {
    const flags = ['--quick', '--peers', 'none', '--output', folder];
    ended = spawnSync(process.execPath, [runner, ...flags], { encoding: 'utf8', timeout: 500_000 });
    try {
      results = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8'));
    } catch (error) {
      throw new Error(`no results: ${error.message}\n${ended.stdout}\n${ended.stderr}`);
    }
  });

  test('ends well and has every row', () => {
    assert.equal(ended.status, 0, `${ended.stdout}\n${ended.stderr}`);
    assert.deepEqual(
      results.rows.map((row) => row.name),
      rows.map((row) => row.name),
    );
  });

  for (const { name, steps, sides } of rows) {
    test(`${name}: every side has messages, and none is lost`, () => {
      const row = results.rows.find((one) => one.name === name);
      for (const side of sides.filter((one) => !(one.name in row.left_out))) {
        for (const round of row.rounds) {
          const { results: runs, problem } = round[side.name];
          assert.equal(problem, null);
          assert.equal(runs.length, steps.length);
          for (const run of runs) {
            assert.ok(
              run.scenario === 'idle' ? run.bytes_per_connection > 0 : run.messages > 0,
              `${side.name}: ${JSON.stringify(run)}`,
            );
            assert.equal(run.failed ?? 0, 0);
            assert.equal(run.lost ?? 0, 0);
          }
        }
      }
    });
  }

  test('the report and its charts are well-formed', () => {
    assertWellFormed(path.join(folder, 'report.html'));
    const charts = readdirSync(path.join(folder, 'charts')).sort();
    assert.deepEqual(charts, ['io-threads.svg', 'latency.svg', 'memory.svg', 'ratios.svg']);
    for (const name of charts) assertWellFormed(path.join(folder, 'charts', name));
  });

  test('the table in Markdown has a line for each row that can be measured here', () => {
    const text = readFileSync(path.join(folder, 'results.md'), 'utf8');
    for (const { name, lines } of results.rows) {
      assert.equal(text.includes(`\`${name}\` `), lines.length > 0, name);
    }
  });
});
