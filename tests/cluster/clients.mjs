// Clients of a cluster's gates, and waiting for what becomes true.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import WebSocket from 'ws';

import { connect } from '../../client-js/dist/index.js';

/** Many times what anything takes: what has not come by then does not come. */
const patienceMs = 40_000;
/** Before a gate answers `timeout`, which is after 30 seconds. */
const requestTimeoutMs = 25_000;

/** A client of this gate, closed when the test `t` ends. */
export async function clientOf(t, gate) {
  const client = await connect(gate.websocketUrl, { webSocket: WebSocket, requestTimeoutMs });
  t.after(() => client.close());
  return client;
}

/** The same as the promise; rejects with what `missing` says if that takes too long. */
function inTime(promise, missing) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${missing()} within ${patienceMs} ms`)), patienceMs);
    timer.unref();
  });
  const outcome = Promise.race([promise, late]).finally(() => clearTimeout(timer));
  outcome.catch(() => {}); // also where a test has failed before it awaits this
  return outcome;
}

/** Resolves with the next `count` pushes of the route. */
export function pushes(client, route, count) {
  const heard = [];
  const all = new Promise((resolve) => {
    const off = client.on(route, (body) => {
      heard.push(body);
      if (heard.length < count) return;
      off();
      resolve(heard);
    });
  });
  return inTime(all, () => `${heard.length} of ${count} pushes of ${route} came`);
}

/** Resolves with the error that tells why, when the client's connection has ended. */
export function closed(client) {
  const end = new Promise((resolve) => {
    client.onState((change) => {
      if (change.state === 'closed') resolve(change.error);
    });
  });
  return inTime(end, () => `the connection is ${client.state}, and did not close`);
}

/**
 * Asks `probe` until it resolves with something true, and resolves with that. Nodes hear of each other in
 * their own time; a probe that rejects is asked again.
 */
export async function eventually(probe) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    let failure;
    try {
      const found = await probe();
      if (found) return found;
      failure = new Error(`${inspect(found)} still after ${patienceMs} ms: ${probe}`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) throw failure;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Asks `probe` until it resolves with the expected value. */
export async function eventuallyEqual(probe, expected) {
  await eventually(async () => {
    assert.deepEqual(await probe(), expected);
    return true;
  });
}

/** Resolves when requests to the service come through this gate's client. */
export function reachable(client, service) {
  return eventually(() => client.request(`${service}.Echo`, { probe: true }, { timeoutMs: 1000 }));
}
