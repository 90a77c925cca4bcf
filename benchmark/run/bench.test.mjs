// The runner with programs that only pretend: what it does when all is well, and when something is not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const runner = fileURLToPath(new URL('bench.mjs', import.meta.url));
const limits = { timeout: 120_000 };

// Holds a connection to the test for as long as it lives.
const server = `
require('net').connect(Number(process.env.FAKE_WATCH), '127.0.0.1').on('connect', () => {
  console.log('tcp 127.0.0.1:1\\nwebsocket 127.0.0.1:2\\nready');
});
process.on('SIGTERM', () => process.exit(0));
`;
const brokenServer = `console.error('the port is taken'); process.exit(3);`;
const load = `
const result = { messages: 10, failed: 0, lost: 0, cpu_s_per_million: 2, messages_per_s: 10 };
console.log(JSON.stringify(result));
`;
const losingLoad = `
const lost = process.argv[2] === 'broadcast' ? 4 : 0;
console.log(JSON.stringify({ messages: 6, failed: 0, lost, cpu_s_per_million: 2 }));
process.exit(lost > 0 ? 1 : 0);
`;
// Until nobody reads what it writes: the runner may be killed.
const hangingLoad = `
process.stdout.on('error', () => process.exit());
setInterval(() => process.stdout.write(' '), 100);
`;

function startRunner(t, programs, args) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nano-bench-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(programs)) {
    const file = path.join(folder, name);
    writeFileSync(file, `#!${process.execPath}\n${text}`);
    chmodSync(file, 0o755);
  }
  const watch = net.createServer().listen(0, '127.0.0.1');
  t.after(() => watch.close());
  const run = async () => {
    if (!watch.listening) await once(watch, 'listening');
    const env = { ...process.env, NANO_BENCH_PROGRAMS: folder, FAKE_WATCH: String(watch.address().port) };
    const flags = ['--quick', '--peers', 'none', '--output', path.join(folder, 'out'), ...args];
    const child = spawn(process.execPath, [runner, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    const ended = once(child, 'close').then(([code]) => ({ code, text }));
    return { child, ended };
  };
  const results = () => JSON.parse(readFileSync(path.join(folder, 'out/results.json'), 'utf8'));
  return { run, watch, results, folder };
}

const fine = { 'nano-bench-server': server, 'nano-bench-limit': server, 'nano-bench': load };

test('rows are measured in pairs and written with their ratios', limits, async (t) => {
  const { run, results, folder } = startRunner(t, fine, ['--rows', 'tcp-1,tcp-8', '--pairs', '2']);
  const { ended } = await run();
  const { code, text } = await ended;
  assert.equal(code, 0, text);
  const { rows } = results();
  assert.deepEqual(
    rows.map((row) => [row.name, row.rounds.length, row.lines[0].ratio.median, row.lines[0].reached]),
    [
      ['tcp-1', 2, 1, true],
      ['tcp-8', 2, 1, true],
    ],
  );
  for (const name of ['results.md', 'report.html', 'charts/ratios.svg']) {
    assert.ok(existsSync(path.join(folder, 'out', name)), name);
  }
});

test('a run that loses messages fails its row only, and the exit code tells it', limits, async (t) => {
  const programs = { ...fine, 'nano-bench': losingLoad };
  const { run, results } = startRunner(t, programs, ['--rows', 'broadcast,tcp-1']);
  const { ended } = await run();
  const { code, text } = await ended;
  assert.equal(code, 1, text);
  const problems = results().rows.map((row) => [row.name, row.lines[0].problem]);
  assert.deepEqual(Object.fromEntries(problems), { broadcast: '4 lost of 10', 'tcp-1': null });
  for (const side of ['ours', 'limit'])
    assert.ok(text.includes(`broadcast, ${side}: 4 lost of 10`), side);
});

test('a server that does not start is told with its own words', limits, async (t) => {
  const programs = { ...fine, 'nano-bench-limit': brokenServer };
  const { run, results } = startRunner(t, programs, ['--rows', 'tcp-1', '--pairs', '3']);
  const { ended } = await run();
  const { code, text } = await ended;
  assert.equal(code, 1, text);
  assert.match(text, /the server does not start: .*the port is taken/s);
  const { rounds } = results().rows[0];
  assert.deepEqual(
    rounds.map((round) => 'limit' in round),
    [true, false, false],
    'it is not tried again',
  );
});

test('where io_uring is not permitted its row has no line, and says why', limits, async (t) => {
  const refusing = `console.error('nano-bench-echo: not here'); process.exit(3);`;
  const { run, results } = startRunner(t, { ...fine, 'nano-bench-echo': refusing }, ['--rows', 'io-uring']);
  const { ended } = await run();
  const { code, text } = await ended;
  assert.equal(code, 0, text);
  assert.match(text, /without io_uring: not here/);
  assert.deepEqual(results().rows[0].lines, []);
});

test('without a program there is a sentence, and nothing runs', limits, async (t) => {
  const { run } = startRunner(t, { 'nano-bench': load }, ['--rows', 'tcp-1']);
  const { ended } = await run();
  const { code, text } = await ended;
  assert.equal(code, 1);
  assert.match(text, /there is no program nano-bench-server .*build it/);
});

test('an interrupt stops the servers and the load', limits, async (t) => {
  const { run, watch } = startRunner(t, { ...fine, 'nano-bench': hangingLoad }, ['--rows', 'tcp-1']);
  const { child, ended } = await run();
  const [socket] = await once(watch, 'connection');
  const gone = once(socket.resume(), 'close');
  child.kill('SIGINT');
  const { code, text } = await ended;
  assert.equal(code, 130, text);
  await gone;
});

test('a server ends when the runner is killed', limits, async (t) => {
  if (!existsSync('/usr/bin/setpriv')) return t.skip('there is no setpriv');
  const { run, watch } = startRunner(t, { ...fine, 'nano-bench': hangingLoad }, ['--rows', 'tcp-1']);
  const { child } = await run();
  const [socket] = await once(watch, 'connection');
  const gone = once(socket.resume(), 'close');
  child.kill('SIGKILL');
  await gone;
});
