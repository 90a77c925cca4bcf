// A link that is cut by the network itself: a backend in a network namespace of its own. Where the process
// may not make namespaces, failures_network.test.mjs is all there is.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { eventuallyEqual, pushes } from './clients.mjs';
import {
  Cluster,
  answeredUnlessHeldUp,
  ask,
  closedMarks,
  keepAsking,
  labelOf,
  mark,
  service,
  settled,
  unavailable,
} from './cluster.mjs';

/** Set in the copy of this process that runs in a namespace. */
const inside = process.env.NANO_TEST_IN_NAMESPACE === '1';
const unshare = ['--user', '--map-root-user', '--net'];
const makeCable = ['ip', 'link', 'add', 'cable', 'type', 'veth'];
const canUnshare = spawnSync('unshare', [...unshare, ...makeCable]).status === 0;

function run(...command) {
  const done = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command.join(' ')}:\n${done.stderr}`);
}

const here = '10.77.0.1';
const there = '10.77.0.2';

/** A second namespace, with a cable to this one. Resolves with how to run something there. */
async function otherEnd(t) {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 300'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const command = ['nsenter', '--net', `--target=${holder.pid}`];
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there');
  run('ip', 'link', 'set', 'there', 'netns', String(holder.pid));
  run('ip', 'address', 'add', `${here}/24`, 'dev', 'here');
  run('ip', 'link', 'set', 'here', 'up');
  run(...command, 'ip', 'address', 'add', `${there}/24`, 'dev', 'there');
  run(...command, 'ip', 'link', 'set', 'there', 'up');
  run(...command, 'ip', 'link', 'set', 'lo', 'up');
  return command;
}

async function cutAndHeal(t) {
  const command = await otherEnd(t);
  const cluster = await Cluster.start(t, { masterAddress: `${here}:0` });
  const gate = await cluster.gate({ address: `${here}:0` });
  await cluster.backend('near', { address: `${here}:0` });
  const backend = await cluster.backend('far', { address: `${there}:0`, command });
  const far = await cluster.clientServedBy(gate, 'far');
  const near = await cluster.clientServedBy(gate, 'near');
  const stopAsking = keepAsking(near);
  await mark(far, 'far');
  const cable = (state) => run(...command, 'ip', 'link', 'set', 'there', state);

  // For a moment.
  cable('down');
  const heard = pushes(far, 'onPush', 100);
  for (let n = 0; n < 100; ++n) far.notify(`${service}.Push`, { n });
  const answer = ask(far, 'Echo', { n: 1 });
  for (let n = 0; n < 20; ++n) await settled(near);
  cable('up');
  await answeredUnlessHeldUp(gate, backend, answer, { n: 1 });
  assert.deepEqual(
    (await heard).map(({ n }) => n),
    Array.from({ length: 100 }, (_, n) => n),
  );

  // Until it is noticed, here and by the master.
  far.notify(`${service}.Seq`, { n: 1 });
  await settled(far);
  cable('down');
  await unavailable(far.request(`${service}.Echo`, {}));
  await eventuallyEqual(() => labelOf(far), 'near');
  cable('up');
  const returned = await cluster.clientServedBy(gate, 'far');
  await closedMarks(returned, ['far']);
  assert.ok((await stopAsking()) > 0);
}

if (inside) {
  test('a cable that is cut, within a namespace', cutAndHeal);
} else {
  const skip = canUnshare ? false : 'this process may not make network namespaces, so no cable is cut';
  test('a cable that is cut', { skip }, async () => {
    const environment = { ...process.env, NANO_TEST_IN_NAMESPACE: '1' };
    delete environment.NODE_TEST_CONTEXT; // a test runner of its own
    const command = [process.execPath, '--test', fileURLToPath(import.meta.url)];
    const copy = spawn('unshare', [...unshare, ...command], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    copy.stdout.on('data', (chunk) => (output += chunk));
    const [code] = await once(copy, 'close');
    assert.equal(code, 0, output);
    assert.match(output, /pass 1/);
  });
}
