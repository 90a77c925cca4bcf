// The server that the guide's programs talk to: its room answers as that of examples/chat does.
import { RouteDictionary } from '../dist/modules/dictionary.js';
import { decodeMessage, MessageType } from '../dist/modules/message.js';
import { PacketType } from '../dist/modules/packet.js';
import { TestServer } from './server.mjs';

const bodyOf = ({ payload }) => JSON.parse(new TextDecoder().decode(payload) || '{}');

const handlers = {
  'Room.Join': (peer, message) => {
    peer.name = bodyOf(message).name;
    const taken = { code: 'name_taken', msg: 'Somebody in the room has this name already.' };
    if (peer.name === 'Grace') peer.respondWithError(message.id, taken);
    else peer.respond(message.id, { name: peer.name, members: [peer.name], history: [] });
  },
  'Room.Say': (peer, message) => {
    if (peer.name === undefined) return;
    peer.push('onMessage', { name: peer.name, text: bodyOf(message).text, time: Date.now() });
  },
  'Bench.Echo': (peer, { id, payload }) => peer.respond(id, payload),
  'Proto.Echo': (peer, { id, payload }) => peer.respond(id, payload),
  'Test.DropConnection': (peer) => peer.close(),
  'Test.KickMe': (peer) => peer.send(PacketType.kick, { reason: 'enough' }),
};

export async function startRoom(t) {
  const server = await TestServer.start(t);
  void acceptAll(server);
  return server.url;
}

async function acceptAll(server) {
  for (;;) {
    const peer = await server.peer();
    void serve(peer);
  }
}

async function serve(peer) {
  await peer.read(PacketType.handshake);
  peer.send(PacketType.handshake, { code: 200, sys: { heartbeat: 30 } });
  await peer.read(PacketType.handshakeAck);
  for (;;) {
    const message = decodeMessage(await peer.read(PacketType.data), new RouteDictionary());
    if (message.type <= MessageType.notify) handlers[message.route]?.(peer, message);
  }
}
