// Each peer that can run here: it starts, nano-bench can talk to it, and it ends. NANO_BENCH names the load
// generator, NANO_PEERS_FOLDER the folder that programs are built into.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { peers } from './peers.mjs';
import { ServerProcess } from './server_process.mjs';

const { NANO_BENCH: nanoBench, NANO_PEERS_FOLDER: buildFolder } = process.env;

/** What nano-bench measured. */
async function load(scenario, peer, transport, address) {
  const flags = ['--address', address, '--transport', transport, ...peer.flags(scenario)];
  const extent = ['--connections', '3', '--warm-up-s', '0.05', '--seconds', '0.2', '--json'];
  const child = spawn(nanoBench, [scenario, ...flags, ...extent], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, `nano-bench ${scenario} ended with ${code}:\n${errors}\n${output}`);
  return JSON.parse(output);
}

for (const [name, peer] of Object.entries(peers)) {
  const why = await peer.available();
  for (const transport of peer.scenarios.request) {
    const options = { skip: why ?? false, timeout: 120_000 };
    test(`${name} answers and broadcasts over ${transport}`, options, async (t) => {
      await peer.install(buildFolder);
      const server = await peer.start({ transport });
      t.after(() => server.stop());
      assert.match(server.version, /^\d+\.\d+\.\d+$/);
      for (const scenario of ['request', 'notify', 'broadcast']) {
        if (!peer.scenarios[scenario]?.includes(transport)) continue;
        const result = await load(scenario, peer, transport, server.addresses[transport]);
        assert.ok(result.messages > 0, `${scenario}: ${result.messages} messages`);
        assert.equal(result.failed, 0, scenario);
        assert.equal(result.lost ?? 0, 0, scenario);
      }
      assert.equal(await server.stop(), 0);
    });
  }
}

/** Not so once it has ended, though it stays listed as a zombie until somebody asks how it ended. */
function runs(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
    throw error;
  }
}

test('a server ends when the one who started it is gone', { timeout: 60_000 }, async () => {
  const starter = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { ServerProcess } from ${JSON.stringify(new URL('./server_process.mjs', import.meta.url).href)};
       const program = "console.log('ready'); process.stdin.on('end', () => process.exit(0)).resume();";
       const server = await ServerProcess.start(process.execPath, ['--eval', program]);
       console.log(server.pid);
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(starter.stdout, 'data');
  const pid = Number(line);
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  while (runs(pid)) await pause(20);
});

test('a server that does not start is told with its own words', async () => {
  const program = "console.error('no port left'); process.exit(3);";
  await assert.rejects(
    ServerProcess.start(process.execPath, ['--eval', program]),
    /ended with 3 before it was ready:\nno port left/,
  );
  await assert.rejects(ServerProcess.start('no-such-program', []), /ENOENT/);
});
