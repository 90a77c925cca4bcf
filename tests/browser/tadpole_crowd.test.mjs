import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ExampleServer } from './server.mjs';

const program = fileURLToPath(new URL('../../examples/tadpole/crowd/crowd.mjs', import.meta.url));

async function runCrowd(...words) {
  const crowd = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [table, complaints, [code]] = await Promise.all([
    text(crowd.stdout),
    text(crowd.stderr),
    once(crowd, 'exit'),
  ]);
  return { code, table, complaints };
}

/** What stands in the table's row of this name. */
function row(table, name) {
  const line = table.split('\n').find((line) => line.startsWith(`${name}  `));
  assert.ok(line, `no row ${name} in:\n${table}`);
  return line.slice(name.length).trim();
}

test('the pond keeps its rate with 500 players in it', async (t) => {
  const server = await ExampleServer.start('NANO_TADPOLE');
  t.after(() => server.stop());
  const address = `${server.url.replace('http', 'ws')}nano`;
  const { code, table, complaints } = await runCrowd(address, '--players', '500', '--seconds', '8');
  for (const line of `${table}${complaints}`.trim().split('\n')) t.diagnostic(line);

  assert.match(row(table, 'players entered'), /^500 in /);
  assert.equal(row(table, 'players lost'), '0');
  assert.equal(row(table, 'moves of strangers'), '0');
  assert.equal(row(table, 'server: visitors'), '500');
  assert.notEqual(parseInt(row(table, 'moves in them').replaceAll(',', ''), 10), 0);
  // On a machine that is busy with other things the rate says little of the server; the exit code is strict.
  const [ticksPerSecond, wanted] = row(table, 'server: ticks').split(' /s of ').map(Number);
  assert.equal(wanted, 20);
  assert.ok(ticksPerSecond > wanted / 2, `${ticksPerSecond} ticks per second`);
  if (ticksPerSecond >= 0.95 * wanted) assert.equal(code, 0);
  else assert.equal(code, 1);
});

test('the crowd says what is wrong', async () => {
  for (const [words, sentence] of [
    [[], 'One address is needed.'],
    [['ws://127.0.0.1:1/nano', '--players', '2001'], '--players is a number from 1 to 2000, not 2001.'],
    [['ws://127.0.0.1:1/nano', '--seconds', 'x'], '--seconds is a number from 1 to 300, not x.'],
  ]) {
    const { code, complaints } = await runCrowd(...words);
    assert.equal(code, 2);
    assert.ok(complaints.includes(sentence), complaints);
  }
  const { code, complaints } = await runCrowd('ws://127.0.0.1:1/nano', '--players', '2');
  assert.equal(code, 1);
  assert.match(complaints, /cannot be reached/);
});
