// Two processes with one address, and strangers who talk nonsense or tell lies: what they hear, and that
// nothing else suffers.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { test } from 'node:test';

import { reachable } from './clients.mjs';
import { Cluster, keepAsking, labelOf, service } from './cluster.mjs';
import { nobodysAddress, ownHost } from './loopback.mjs';
import {
  Random,
  Stranger,
  field,
  fixed64,
  frame,
  goMethods,
  linkMethod,
  memberInfo,
  sendBytes,
} from './stranger.mjs';

const kind = { opened: 1, closed: 2, message: 3, kickUser: 6, push: 7, kick: 8, close: 9, answer: 11 };
/** A LinkBatch with what a node that opens a link says first. */
const hello = (address, conversation, more = []) =>
  field(4, Buffer.concat([field(1, address), field(2, conversation), ...more]));
const batch = (sequence, ...messages) =>
  Buffer.concat([field(1, sequence), ...messages.map((message) => field(3, message))]);

/** A master, a gate, a backend, and a client that asks all the time. */
async function busy(t) {
  const cluster = await Cluster.start(t);
  const gate = await cluster.gate();
  const backend = await cluster.backend('one');
  const client = await cluster.client(gate);
  await reachable(client, service);
  const stopAsking = keepAsking(client);
  const nodes = [cluster.master, gate, backend];
  const assertNobodySuffered = async () => {
    for (const node of nodes) assert.ok(node.running, node.errors);
    assert.ok((await stopAsking()) > 0);
    const newcomer = await cluster.client(gate);
    await reachable(newcomer, service); // it may be sent to a liar first
    assert.equal(await labelOf(newcomer), 'one');
    // Who joins now is known to all.
    await cluster.backend('two');
    await cluster.clientServedBy(gate, 'two');
  };
  return { cluster, gate, backend, client, nodes, assertNobodySuffered };
}

test('a second process with the address of one that lives', async (t) => {
  const { cluster, gate, backend, assertNobodySuffered } = await busy(t);
  const second = cluster.launch({
    address: backend.address,
    listen: `${ownHost}:0`,
    label: 'second',
    service,
    gate: true,
  });
  await second.logged(`another process at ${backend.address} was heard just now`);
  assert.equal(second.websocketUrl, '', 'it does not serve');
  await second.kill();
  await assertNobodySuffered();

  // Of a process that is gone, another one may take the address.
  await backend.kill();
  await cluster.backend('its successor', { address: backend.address });
  await cluster.clientServedBy(gate, 'its successor');
});

test('a second process that listens where one listens already', async (t) => {
  const { cluster, backend, assertNobodySuffered } = await busy(t);
  const second = cluster.launch({ address: backend.address, label: 'second', service });
  await assert.rejects(second.ready, /ended with 1 before it was ready/);
  assert.match(second.errors, new RegExp(`Cannot listen on ${backend.address}: Address already in use`));
  await assertNobodySuffered();
});

test('bytes that mean nothing', async (t) => {
  const { nodes, assertNobodySuffered } = await busy(t);
  const random = new Random(1);
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  /** An HTTP/2 frame of a random type on a low stream. */
  const randomFrame = () => {
    const body = random.bytes(random.below(60));
    const head = [0, 0, body.length, random.below(12), random.below(256), 0, 0, 0, random.below(4)];
    return Buffer.concat([Buffer.from(head), body]);
  };
  for (const { address } of nodes) {
    const all = [];
    for (let n = 0; n < 20; ++n) {
      all.push(random.bytes(1 + random.below(2_000)));
      all.push(Buffer.concat([preface, random.bytes(random.below(500))]));
      all.push(Buffer.concat([preface, settings, ...Array.from({ length: 20 }, randomFrame)]));
    }
    await Promise.all(all.map((bytes) => sendBytes(address, bytes)));
  }
  await assertNobodySuffered();
});

test('calls that mean nothing', async (t) => {
  const { nodes, assertNobodySuffered } = await busy(t);
  const random = new Random(2);
  for (const { address } of nodes) {
    const stranger = new Stranger(t, address);
    const calls = [...goMethods, '/clusterpb.Member/Unheard', '/nobody.Knows/This'].flatMap((method) =>
      Array.from({ length: 20 }, (_, n) => {
        const fields = [1, 2, 3, 4, 5, 100, 101, 102];
        return stranger.call(method, n % 2 ? random.bytes(random.below(200)) : random.message(fields));
      }),
    );
    for (const outcome of await Promise.all(calls)) assert.ok(outcome, 'each call is answered');
  }
  await assertNobodySuffered();
});

test('members that cannot be', async (t) => {
  const { cluster, backend, assertNobodySuffered } = await busy(t);
  const stranger = new Stranger(t, cluster.registry);
  const incarnation = 4711;
  const impossible = [
    { address: '' },
    { address: 'nowhere' },
    { address: '127.0.0.1:0' },
    { address: '127.0.0.1:65536' },
    { address: `${'x'.repeat(300)}:1` },
    { address: nobodysAddress, label: 'x'.repeat(5_000) },
    { address: nobodysAddress, services: Array.from({ length: 2_000 }, (_, n) => `S${n}`) },
    { address: nobodysAddress, services: ['x'.repeat(300)] },
    { address: cluster.registry },
    { address: backend.address, incarnation },
  ];
  for (const member of impossible) {
    const outcome = await stranger.call('/clusterpb.Master/Register', field(1, memberInfo(member)));
    const what = JSON.stringify(member).slice(0, 80);
    assert.ok(outcome && outcome.status !== 0 && outcome.sentence.length > 10, `${what}: ${outcome?.status}`);
  }
  const unregister = Buffer.concat([field(1, backend.address), field(100, incarnation)]);
  assert.notEqual((await stranger.call('/clusterpb.Master/Unregister', unregister)).status, 0);
  await assertNobodySuffered();
});

/** An address where somebody answers with bytes that mean nothing. */
async function babbler(t) {
  const random = new Random(3);
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.resume();
    socket.write(random.bytes(500));
  });
  server.listen(0, ownHost);
  await once(server, 'listening');
  t.after(() => server.close());
  return `${ownHost}:${server.address().port}`;
}

/** An address where somebody takes links, and says on each what no node would say. */
async function liar(t) {
  const random = new Random(5);
  const welcome = field(5, Buffer.alloc(0));
  const server = http2.createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume();
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    const messages = Array.from({ length: 5 }, () => field(3, random.message([1, 1, 2, 3, 4, 5, 6, 7, 8])));
    const said = [
      [random.bytes(50)],
      [welcome, welcome],
      [field(5, field(2, 1000))],
      [welcome, batch(1, field(1, kind.answer)), batch(3)],
      [welcome, Buffer.concat([field(1, 1), ...messages])],
    ];
    for (const message of said[random.below(said.length)]) stream.write(frame(message));
  });
  server.on('session', (session) => {
    session.on('error', () => {});
    t.after(() => session.destroy());
  });
  server.listen(0, ownHost);
  await once(server, 'listening');
  t.after(() => server.close());
  return `${ownHost}:${server.address().port}`;
}

test('members that offer a service and do not serve', async (t) => {
  const { cluster, gate, assertNobodySuffered } = await busy(t);
  const stranger = new Stranger(t, cluster.registry);
  for (const [index, address] of [nobodysAddress, await babbler(t), await liar(t)].entries()) {
    const member = memberInfo({ address, services: [service], incarnation: 100 + index });
    assert.equal((await stranger.call('/clusterpb.Master/Register', field(1, member))).status, 0);
  }
  // Some of these are sent to the liars, are told so at once, and are served when those are found out.
  const newcomers = await Promise.all(Array.from({ length: 10 }, () => cluster.client(gate)));
  await Promise.all(newcomers.map((client) => reachable(client, service)));
  for (const client of newcomers) assert.equal(await labelOf(client), 'one');
  await assertNobodySuffered();
});

test('links that mean nothing', async (t) => {
  const { gate, backend, client, nodes, assertNobodySuffered } = await busy(t);
  const random = new Random(4);
  const id = (await client.request(`${service}.Who`, {})).id;
  const ofTheSession = (what) => Buffer.concat([field(1, what), fixed64(2, id), field(10, 'a stranger')]);
  const talkTo = async ({ address }) => {
    const stranger = new Stranger(t, address);
    const lasting = [];
    for (let n = 0; n < 20; ++n) {
      const own = (number) => `stranger${number}:${1 + n}`;
      const randomMessage = () => field(3, random.message([1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
      lasting.push(
        stranger.say([hello(own(1), 1), Buffer.concat([field(1, 1), randomMessage(), randomMessage()])]),
        stranger.say([hello(own(2), 1), batch(1, ...Object.values(kind).map(ofTheSession))]),
      );
      await Promise.all([
        stranger.say([random.bytes(100)]),
        stranger.say([hello(own(3), 1), random.bytes(100)]),
        stranger.say([batch(1, ofTheSession(kind.closed))]), // without a Hello
        stranger.say([hello(own(4), 1), hello(own(4), 1)]),
        stranger.say([hello(own(5), 1), batch(7)]), // some are missing
        stranger.say([hello(own(6), 1), Buffer.concat([field(1, 1), field(2, 99)])]), // nobody sent that
        stranger.say([hello('', 1)]),
      ]);
    }
    // In the names of nodes, which are connected or unknown here; and a conversation that nobody had.
    for (const name of [gate.address, backend.address]) {
      const neverHad = hello(name, 2, [field(3, 1000), field(4, 1)]);
      lasting.push(stranger.say([hello(name, 1)]), stranger.say([neverHad]));
    }
    await Promise.all(lasting);
    for (let n = 0; n < 200; ++n) stranger.open(linkMethod); // and says nothing
  };
  await Promise.all(nodes.map(talkTo));
  await backend.logged('two gates have a session of the same id');
  assert.equal((await client.request(`${service}.Who`, {})).id, id);
  await assertNobodySuffered();
});
