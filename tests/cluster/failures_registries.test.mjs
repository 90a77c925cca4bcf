// Clusters with etcd as their registry, which is killed, and clusters with TLS between the nodes, which keep
// strangers out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';

import { eventuallyEqual, pushes, reachable } from './clients.mjs';
import { Cluster, keepAsking, labelOf, service, settled } from './cluster.mjs';
import { Etcd, withEtcd } from './etcd.mjs';
import { nobodysAddress, ownHost } from './loopback.mjs';
import { Stranger, ended, field, memberInfo } from './stranger.mjs';

test('etcd is killed', withEtcd, async (t) => {
  const etcd = await Etcd.start(t);
  const cluster = await Cluster.start(t, { registry: `etcd://${etcd.address}/test` });
  const gate = await cluster.gate();
  await cluster.backend('one');
  const client = await cluster.client(gate);
  await reachable(client, service);
  client.notify(`${service}.Seq`, { n: 1 });
  const stopAsking = keepAsking(client);

  await etcd.kill();
  const latecomer = cluster.launch({ gate: true });
  await latecomer.logged(etcd.address);
  assert.equal(latecomer.websocketUrl, '', 'a node that has not joined takes no clients');
  assert.equal(await labelOf(client), 'one');

  await etcd.start();
  await latecomer.ready;
  await reachable(await cluster.client(latecomer), service);
  const two = await cluster.backend('two');
  const moved = await cluster.clientServedBy(gate, 'two');
  await two.kill();
  await eventuallyEqual(() => labelOf(moved), 'one');
  assert.deepEqual((await client.request(`${service}.Seen`, {})).numbers, [1], 'the same session');
  assert.ok((await stopAsking()) > 0);
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withCertificates = {
  skip: hasOpenssl ? false : 'openssl is not installed, which makes the certificates of this test',
};

function openssl(...args) {
  const done = spawnSync('openssl', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`openssl ${args.join(' ')}:\n${done.stderr}`);
}

/** An authority and a certificate of it for this host, as files that go when the test `t` ends. */
function certificates(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nano-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name) => path.join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-subj', '/CN=authority', '-keyout', file('ca.key'), '-out', file('ca.pem')];
  openssl('req', '-x509', ...key, ...authority, '-days', '2');
  const request = ['-subj', '/CN=node', '-keyout', file('node.key'), '-out', file('node.csr')];
  openssl('req', ...key, ...request);
  writeFileSync(file('names'), `subjectAltName=IP:${ownHost}\n`);
  const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-set_serial', '2', '-days', '2'];
  const certificate = ['-extfile', file('names'), '-out', file('node.pem')];
  openssl('x509', '-req', '-in', file('node.csr'), ...signer, ...certificate);
  return { authority: file('ca.pem'), certificate: file('node.pem'), key: file('node.key') };
}

const flagsFor = ({ authority, certificate, key }) => [
  '--cluster-tls-authority',
  authority,
  '--cluster-tls-certificate',
  certificate,
  '--cluster-tls-key',
  key,
];

test('TLS between the nodes', withCertificates, async (t) => {
  const own = certificates(t);
  const others = certificates(t);
  const cluster = await Cluster.start(t, { flags: flagsFor(own) });
  const gate = await cluster.gate();
  const one = await cluster.backend('one');
  const client = await cluster.client(gate);
  await reachable(client, service);
  const stopAsking = keepAsking(client);
  const heard = pushes(client, 'onPush', 100);
  for (let n = 0; n < 100; ++n) client.notify(`${service}.Push`, { n });
  assert.deepEqual(
    (await heard).map(({ n }) => n),
    Array.from({ length: 100 }, (_, n) => n),
  );

  // Nodes without a certificate, and nodes with one of another authority.
  const strangers = await Cluster.start(t, { registry: cluster.registry });
  const foreigners = await Cluster.start(t, { registry: cluster.registry, flags: flagsFor(others) });
  for (const outside of [strangers, foreigners]) {
    const node = outside.launch({ label: 'stranger', service, gate: true });
    await node.logged('the master cannot be reached');
    assert.equal(node.websocketUrl, '', 'it does not serve');
  }
  for (const address of [cluster.registry, gate.address, one.address]) {
    const member = memberInfo({ address: nobodysAddress, services: [service] });
    const answer = await new Stranger(t, address).call('/clusterpb.Master/Register', field(1, member));
    assert.equal(answer, undefined, 'without TLS there is no answer');
    await assertNoCertificateNoAnswer(address, own.authority);
  }

  await cluster.backend('two');
  await cluster.clientServedBy(gate, 'two');
  await one.kill();
  await eventuallyEqual(() => labelOf(client), 'two');
  await settled(client);
  // Its backend was killed under it, so a request of it may have had an error.
  await stopAsking().catch((error) => assert.equal(error.code, 'unavailable'));
});

/** The node ends the connection of somebody who knows the authority, but has no certificate. */
async function assertNoCertificateNoAnswer(address, authority) {
  const [host, port] = address.split(':');
  const socket = tls.connect({
    host,
    port: Number(port),
    ca: readFileSync(authority),
    ALPNProtocols: ['h2'],
  });
  let heard = 0;
  socket.on('data', (chunk) => (heard += chunk.length));
  socket.on('error', () => {}); // "close" follows
  await ended(socket);
  assert.equal(heard, 0);
}
