// One cluster with nodes of both kinds, ours and Go Nano's: each gate in front of each backend, under a
// master of each kind.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { clientOf, closed, eventually, pushes, reachable } from './clients.mjs';
import { startGoNode, startNode, withGo } from './nodes.mjs';

const kinds = { ours: startNode, "Go Nano's": startGoNode };

class MixedCluster {
  gates = {};
  #nodes = [];

  static async start(masterKind) {
    const cluster = new MixedCluster();
    const add = async (start, options) => {
      const node = await start(options);
      cluster.#nodes.unshift(node);
      return node;
    };
    try {
      const { address: registry } = await add(kinds[masterKind], { master: true });
      await add(startNode, { registry, service: 'Ours', label: 'backend Ours' });
      await add(startGoNode, { registry, service: 'Go', label: 'backend Go' });
      cluster.gates.ours = await add(startNode, { registry, gate: true });
      cluster.gates["Go Nano's"] = await add(startGoNode, { registry, gate: 'websocket' });
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async stop() {
    for (const node of this.#nodes) await node.stop();
  }
}

/** What `count` times `send(n)` resolves with, `inFlight` of them at a time. */
async function repeat(count, inFlight, send) {
  const results = [];
  for (let start = 0; start < count; start += inFlight) {
    const batch = Array.from({ length: Math.min(inFlight, count - start) }, (_, n) => send(start + n));
    results.push(...(await Promise.all(batch)));
  }
  return results;
}

// Each is told the client and the service, and `inFlight`, how many answers or pushes it may have on their
// way: a Go gate drops those for which a client's queue has no place, and it has 16.
const subjects = {
  'requests are answered with what they sent': async ({ client, service, inFlight }) => {
    const bodies = Array.from({ length: 100 }, (_, n) => ({ n, text: 'ß'.repeat(n) }));
    const echo = (body) => client.request(`${service}.Echo`, body);
    const answers = await inBatches(bodies, inFlight, (batch) => Promise.all(batch.map(echo)));
    assert.deepEqual(answers, bodies);
  },

  'a large request is answered': async ({ client, service }) => {
    const body = { text: 'x'.repeat(60_000) };
    assert.deepEqual(await client.request(`${service}.Echo`, body), body);
  },

  'an answer that comes late finds its request': async ({ client, service }) => {
    const slow = client.request(`${service}.Slow`, { n: 100 });
    const fast = client.request(`${service}.Slow`, { n: 1 });
    assert.deepEqual(await Promise.all([slow, fast]), [{ n: 100 }, { n: 1 }]);
  },

  'pushes come in the order of the notifies that made them': async ({ client, service, inFlight }) => {
    const bodies = Array.from({ length: 100 }, (_, n) => ({ n }));
    const heard = await inBatches(bodies, inFlight, (batch) => {
      const pushed = pushes(client, 'onPush', batch.length);
      for (const body of batch) client.notify(`${service}.Push`, body);
      return pushed;
    });
    assert.deepEqual(heard, bodies);
  },

  'a thousand notifies are handled in their order': async ({ client, service }) => {
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    for (const n of numbers) client.notify(`${service}.Seq`, { n });
    assert.deepEqual((await client.request(`${service}.Seen`, {})).numbers, numbers);
  },

  'the backend keeps the user of the session': async ({ client, service }) => {
    await client.request(`${service}.Bind`, { uid: 4711 });
    const { uid, label } = await client.request(`${service}.Who`, {});
    assert.deepEqual({ uid, label }, { uid: 4711, label: `backend ${service}` });
  },

  'a service notifies one of the other kind in the name of the session': async ({ client, service }) => {
    const pushed = client.once('onMark');
    const other = service === 'Ours' ? 'Go' : 'Ours';
    client.notify(`${service}.Tell`, { route: `${other}.Mark`, text: 'from next door' });
    assert.deepEqual(await pushed, { text: 'from next door' });
  },

  'the backend closes the session, and hears once that it closed': async (subject) => {
    const { client, service } = subject;
    const mark = await markSession(client, service);
    const end = closed(client);
    client.notify(`${service}.Close`, {});
    await end;
    await heardOnce(subject, mark);
  },

  'the client goes, and the backend hears it once': async (subject) => {
    const { client, service } = subject;
    const mark = await markSession(client, service);
    client.close();
    await heardOnce(subject, mark);
  },

  'both backends hear that the client has gone': async (subject) => {
    const { client } = subject;
    const marks = { Ours: await markSession(client, 'Ours'), Go: await markSession(client, 'Go') };
    client.close();
    for (const [service, mark] of Object.entries(marks)) await heardOnce({ ...subject, service }, mark);
  },
};

/** Calls `handle` with one batch after the other; resolves with what they resolve with, put together. */
async function inBatches(items, size, handle) {
  const results = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await handle(items.slice(start, start + size))));
  }
  return results;
}

let marksGiven = 0;

/** Gives the session a name that the service lists under `Closed` when it has closed. */
async function markSession(client, service) {
  const mark = `mark ${++marksGiven}`;
  const pushed = client.once('onMark');
  client.notify(`${service}.Mark`, { text: mark });
  assert.deepEqual(await pushed, { text: mark });
  return mark;
}

/** Passes when the service has been told once that the session has closed, and not twice. */
async function heardOnce({ t, gate, service }, mark) {
  const watcher = await clientOf(t, gate);
  const marks = async () => (await watcher.request(`${service}.Closed`, {})).marks;
  await eventually(async () => (await marks()).includes(mark));
  // What is told of another session later comes after all that was told of this one.
  const other = await clientOf(t, gate);
  const otherMark = await markSession(other, service);
  other.close();
  await eventually(async () => (await marks()).includes(otherMark));
  assert.equal((await marks()).filter((each) => each === mark).length, 1);
}

/** What only our backends do, behind a gate of either kind. */
const subjectsOfOurBackend = {
  'an error is the answer': async ({ client, linked }) => {
    const error = { code: 'teapot', msg: 'I am a teapot' };
    const failing = client.request('Ours.Fail', {});
    // Go Nano has no responses that are errors: the payload is what tells.
    if (linked) await assert.rejects(failing, error);
    else assert.deepEqual(await failing, error);
  },

  'a kick ends the session': async (subject) => {
    const { client, linked } = subject;
    const mark = await markSession(client, 'Ours');
    const end = closed(client);
    client.notify('Ours.Kick', { text: 'enough' });
    const error = await end;
    // Go Nano has no call for kicks between nodes.
    if (linked) assert.deepEqual([error.reason, error.detail], ['kick', 'enough']);
    await heardOnce(subject, mark);
  },

  'a group reaches its members': async ({ t, client, gate }) => {
    const other = await clientOf(t, gate);
    for (const member of [client, other]) await member.request('Ours.Join', {});
    const heard = [client.once('onSay'), other.once('onSay')];
    client.notify('Ours.Say', { text: 'to all' });
    assert.deepEqual(await Promise.all(heard), [{ text: 'to all' }, { text: 'to all' }]);
  },
};

/** Whether our backend and the gate talk over a link: also when they hear of each other from a Go master. */
const isLinked = (gateKind) => gateKind === 'ours';

for (const masterKind of Object.keys(kinds)) {
  describe(`the master is ${masterKind}`, { skip: withGo.skip }, () => {
    let cluster;
    before(async () => (cluster = await MixedCluster.start(masterKind)));
    after(() => cluster?.stop());

    for (const gateKind of Object.keys(kinds)) {
      const about = (name, service, subject) =>
        test(`gate ${gateKind}, backend ${service}: ${name}`, withGo, async (t) => {
          const gate = cluster.gates[gateKind];
          const client = await clientOf(t, gate);
          await reachable(client, 'Ours');
          await reachable(client, 'Go');
          const inFlight = gateKind === 'ours' ? 100 : 4;
          await subject({ t, client, gate, service, inFlight, linked: isLinked(gateKind) });
        });
      for (const service of ['Ours', 'Go']) {
        for (const [name, subject] of Object.entries(subjects)) about(name, service, subject);
      }
      for (const [name, subject] of Object.entries(subjectsOfOurBackend)) about(name, 'Ours', subject);
    }
  });
}
