// Clients of a cluster's gates, and waiting for what becomes true.
import WebSocket from 'ws';

import { connect } from '../../client-js/dist/index.js';

/** A client of this gate, closed when the test `t` ends. */
export async function clientOf(t, gate) {
  const client = await connect(gate.websocketUrl, { webSocket: WebSocket });
  t.after(() => client.close());
  return client;
}

/** Resolves with the next `count` pushes of the route. */
export function pushes(client, route, count) {
  return new Promise((resolve) => {
    const heard = [];
    const off = client.on(route, (body) => {
      heard.push(body);
      if (heard.length < count) return;
      off();
      resolve(heard);
    });
  });
}

/** Resolves with the error that tells why, when the client's connection has ended. */
export function closed(client) {
  return new Promise((resolve) => {
    client.onState((change) => {
      if (change.state === 'closed') resolve(change.error);
    });
  });
}

/**
 * Asks `probe` until it resolves with something true, and resolves with that. Nodes hear of each other in
 * their own time; a probe that rejects is asked again.
 */
export async function eventually(probe, { withinMs = 15_000, everyMs = 20 } = {}) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let failure;
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw failure ?? new Error(`it did not come within ${withinMs} ms: ${probe}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Resolves when requests to the service come through this gate's client. */
export function reachable(client, service) {
  return eventually(() => client.request(`${service}.Echo`, { probe: true }, { timeoutMs: 1000 }));
}

/** The same as the promise; rejects when it is not settled by then. */
export async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
