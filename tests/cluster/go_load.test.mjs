// Many clients at once in a cluster of both kinds: nothing is lost, and all comes in order.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { clientOf, reachable } from './clients.mjs';
import { buildGoNode, startGoNode, startNode, stopAfter, withGo } from './nodes.mjs';

before(() => {
  if (!withGo.skip) buildGoNode();
});

const clientCount = 20;
const requestsEach = 100;

/**
 * Sends requests to the service, a notify before each; `inFlight` of them are open at a time. Resolves with
 * the answers in the order of their coming.
 */
async function play(client, service, inFlight) {
  const answers = [];
  const lane = async (first) => {
    for (let n = first; n < requestsEach; n += inFlight) {
      client.notify(`${service}.Seq`, { n });
      const answer = await client.request(`${service}.Echo`, { n, text: service });
      assert.deepEqual(answer, { n, text: service });
      answers.push(n);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, first) => lane(first)));
  return answers;
}

test(`${clientCount} clients of two gates with two backends`, withGo, async (t) => {
  const add = async (starting) => {
    const node = await starting;
    stopAfter(t, node);
    return node;
  };
  const { address: registry } = await add(startNode({ master: true }));
  await add(startNode({ registry, service: 'Ours' }));
  await add(startGoNode({ registry, service: 'Go' }));
  const ourGate = await add(startNode({ registry, gate: true }));
  const goGate = await add(startGoNode({ registry, gate: 'websocket' }));

  const numbers = Array.from({ length: requestsEach }, (_, n) => n);
  await Promise.all(
    Array.from({ length: clientCount }, async (_, number) => {
      const gate = number % 2 ? goGate : ourGate;
      const service = number % 4 < 2 ? 'Ours' : 'Go';
      const client = await clientOf(t, gate);
      await reachable(client, service);
      const answers = await play(client, service, gate === ourGate ? 10 : 2);
      assert.deepEqual(answers, numbers);
      assert.deepEqual((await client.request(`${service}.Seen`, {})).numbers, numbers);
    }),
  );
});
