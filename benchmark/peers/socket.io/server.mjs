// The benchmark's server on Socket.IO: requests are events with an acknowledgement, the room is one of its
// rooms.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

import { announce, endWhenTold, installedVersion } from '../serving.mjs';

endWhenTold();
const http = createServer();
// socket.io/docs/v4/performance-tuning: the add-on bufferutil, which is installed beside it; what the add-on
// utf-8-validate does, Node does itself since version 18.14. Compression is off, as by default.
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
// socket.io/docs/v4/memory-usage: nobody asks for the upgrade request later.
io.engine.on('connection', (connection) => {
  connection.request = null;
});

io.on('connection', (socket) => {
  // Socket.IO has decoded the JSON, and encodes what is answered.
  socket.on('Bench.Echo', (payload, answer) => answer(payload));
  socket.on('Bench.Join', (payload, answer) => {
    socket.join('room');
    answer(payload);
  });
  socket.on('Bench.Say', (payload) => io.to('room').emit('onSay', payload));
});

http.listen(0, '127.0.0.1', 4096, () => {
  announce('socket.io', installedVersion('socket.io', import.meta.url), ['websocket'], http.address());
});
