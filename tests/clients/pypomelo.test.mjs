// The client of pypomelo (PyPI) against the real server, where Python is installed and can install it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ConformanceServer } from './server.mjs';

const script = fileURLToPath(new URL('python/pypomelo_test.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'nano-pypomelo-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Why pypomelo cannot be tried here, or false. */
function install() {
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return 'Python 3 with venv is not installed';
  const pip = spawnSync(join(folder, 'bin', 'pip'), ['install', '--quiet', 'pypomelo==1.0.1'], {
    encoding: 'utf8',
  });
  return pip.status === 0 ? false : `pypomelo cannot be installed: ${pip.stderr}`;
}

test('pypomelo: handshake, request, errors, notify, push, kick', { skip: install() }, async (t) => {
  const server = await ConformanceServer.start();
  t.after(async () => assert.equal(await server.stop(), 0, 'the server ends with exit code 0'));
  const python = spawn(join(folder, 'bin', 'python'), [script], {
    env: { ...process.env, NANO_CONFORMANCE_TCP: `127.0.0.1:${server.tcpPort}` },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let output = '';
  python.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(python, 'close');
  assert.equal(code, 0, output);
  assert.match(output, /^Ran [1-9]\d* tests/m);
  t.diagnostic(output.match(/^Ran .*$/m)[0]);
});
