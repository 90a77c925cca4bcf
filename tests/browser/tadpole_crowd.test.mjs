import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { nobodysAddress, ownHost } from '../cluster/loopback.mjs';
import { ExampleServer } from './server.mjs';

const program = fileURLToPath(new URL('../../examples/tadpole/crowd/crowd.mjs', import.meta.url));

/** The time limit is a last net. */
async function runCrowd(t, ...words) {
  const crowd = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  t.after(() => crowd.kill());
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

// Speed is not checked: on a machine that is busy with other things it says little of the server.
test('500 players enter, and none is lost', async (t) => {
  const server = await ExampleServer.start('NANO_TADPOLE');
  t.after(() => server.stop());
  const address = `${server.url.replace('http', 'ws')}nano`;
  const { table, complaints } = await runCrowd(t, address, '--players', '500', '--seconds', '8');
  for (const line of `${table}${complaints}`.trim().split('\n')) t.diagnostic(line);

  assert.match(row(table, 'players entered'), /^500 in /);
  assert.equal(row(table, 'players lost'), '0');
  assert.equal(row(table, 'moves of strangers'), '0');
  assert.equal(row(table, 'server: visitors'), '500');
  assert.notEqual(parseInt(row(table, 'moves in them').replaceAll(',', ''), 10), 0);
  const [ticksPerSecond, wanted] = row(table, 'server: ticks').split(' /s of ').map(Number);
  assert.equal(wanted, 20);
  assert.ok(ticksPerSecond > 0, `${ticksPerSecond} ticks per second`);
  const meanMs = parseFloat(row(table, 'server: work of a tick'));
  assert.ok(meanMs > 0, `${meanMs} ms of work in a tick, on average`);
});

/** The address of a way to this server which is cut for one of those who take it. */
async function startBadRoad(t, server, cutFor) {
  let count = 0;
  const road = createServer((socket) => {
    count += 1;
    if (count === cutFor) return socket.destroy();
    const onward = connect(server.port, ownHost);
    for (const [end, other] of [
      [socket, onward],
      [onward, socket],
    ]) {
      end.pipe(other);
      end.on('error', () => other.destroy());
    }
  });
  road.listen(0, '127.0.0.1');
  await once(road, 'listening');
  t.after(() => road.close());
  return `ws://127.0.0.1:${road.address().port}/nano`;
}

test('the crowd breaks up when one of it cannot enter', async (t) => {
  const server = await ExampleServer.start('NANO_TADPOLE');
  t.after(() => server.stop());
  const address = await startBadRoad(t, server, 30);
  const { code, complaints } = await runCrowd(t, address, '--players', '100');
  assert.equal(code, 1);
  assert.match(complaints, /The crowd broke up: .*cannot be reached/);
});

test('the crowd says what is wrong', async (t) => {
  for (const [words, sentence] of [
    [[], 'One address is needed.'],
    [['ws://127.0.0.1:1/nano', '--players', '2001'], '--players is a number from 1 to 2000, not 2001.'],
    [['ws://127.0.0.1:1/nano', '--seconds', 'x'], '--seconds is a number from 1 to 300, not x.'],
  ]) {
    const { code, complaints } = await runCrowd(t, ...words);
    assert.equal(code, 2);
    assert.ok(complaints.includes(sentence), complaints);
  }
  const { code, complaints } = await runCrowd(t, `ws://${nobodysAddress}/nano`, '--players', '2');
  assert.equal(code, 1);
  assert.match(complaints, /cannot be reached/);
});
