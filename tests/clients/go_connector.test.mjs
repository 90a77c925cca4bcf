// Go Nano's own client (package benchmark/io of github.com/lonng/nano) against the real server, where Go is
// installed.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ConformanceServer } from './server.mjs';

const goFolder = fileURLToPath(new URL('go', import.meta.url));
const hasGo = spawnSync('go', ['version']).status === 0;
const skip = hasGo ? false : "Go is not installed, so Go Nano's client is not tried";

test("Go Nano's connector: handshake, request, notify, push, compressed route, kick", { skip }, async (t) => {
  const server = await ConformanceServer.start();
  t.after(async () => assert.equal(await server.stop(), 0, 'the server ends with exit code 0'));
  const go = spawn('go', ['test', '-count=1', '-v', './...'], {
    cwd: goFolder,
    env: { ...process.env, NANO_CONFORMANCE_TCP: `127.0.0.1:${server.tcpPort}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  go.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(go, 'close');
  assert.equal(code, 0, output);
  const passed = output.match(/^--- PASS: /gm)?.length ?? 0;
  assert.ok(passed > 0 && !output.includes('--- SKIP'), `every test of the Go package runs:\n${output}`);
  t.diagnostic(`${passed} Go tests passed`);
});
