// The benchmark's server on ws: a bare WebSocket that echoes, with one room.
//
// Messages are binary, an id of 8 bytes (big-endian) and a payload:
//   id from 1                 a request: the same message comes back
//   the same, highest bit set a request that also lets the sender into the room
//   id 0                      goes as it is to all who are in the room
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

import { announce, endWhenTold, installedVersion } from '../serving.mjs';

endWhenTold();
const http = createServer();
// The README of ws: compression costs much time and memory, is off by default on servers, and should stay so
// unless it is needed. The add-on bufferutil, which it recommends, is installed beside it.
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
const room = new Set();

server.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('close', () => room.delete(socket));
  socket.on('message', (message) => {
    if (message.length < 8) return socket.close(1007, 'a message needs an id of 8 bytes');
    if (message[0] & 0x80) room.add(socket);
    if (message.readUInt32BE(0) !== 0 || message.readUInt32BE(4) !== 0) return socket.send(message);
    for (const member of room) member.send(message);
  });
});

http.listen(0, '127.0.0.1', 4096, () => {
  announce('ws', installedVersion('ws', import.meta.url), ['websocket'], http.address());
});
