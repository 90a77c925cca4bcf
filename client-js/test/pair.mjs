// A client connected to a test server, and ways to wait for what it hears.
import WebSocket from 'ws';

import { connect } from '../dist/index.js';
import { TestServer } from './server.mjs';

/** A client and the server's end of its connection. */
export async function pair(t, { reply, ...options } = {}) {
  const server = await TestServer.start(t);
  const [client, peer] = await Promise.all([
    connect(server.url, { webSocket: WebSocket, ...options }),
    server.open(reply),
  ]);
  t.after(() => client.close());
  return { server, client, peer };
}

/** The next change of state. */
export function nextState(client) {
  return new Promise((resolve) => {
    const stop = client.onState((change) => {
      stop();
      resolve(change);
    });
  });
}

/** The body of the next push of this route. */
export function nextPush(client, route) {
  return new Promise((resolve) => {
    const stop = client.on(route, (body) => {
      stop();
      resolve(body);
    });
  });
}
