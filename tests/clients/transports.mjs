// Two ways to the server. Both hand whole packets to `receive`, since the npm codecs take nothing less.
import { once } from 'node:events';
import net from 'node:net';
import WebSocket from 'ws';

const headerBytes = 4;

export const transports = {
  async TCP(server, receive) {
    const socket = net.connect(server.tcpPort, '127.0.0.1');
    await once(socket, 'connect');
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= headerBytes) {
        const end = headerBytes + pending.readUIntBE(1, 3);
        if (pending.length < end) return;
        receive(pending.subarray(0, end));
        pending = pending.subarray(end);
      }
    });
    return {
      send: (packet) => socket.write(packet),
      close: () => socket.destroy(),
      closed: closedOf(socket),
    };
  },

  // A message may hold several packets, but the server promises never to split one over two.
  async WebSocket(server, receive) {
    const socket = new WebSocket(server.websocketUrl);
    await once(socket, 'open');
    socket.on('message', receive);
    return {
      send: (packet) => socket.send(packet),
      close: () => socket.terminate(),
      closed: closedOf(socket),
    };
  },
};

function closedOf(socket) {
  // A server may close a connection with a reset; that is an end like any other here.
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
