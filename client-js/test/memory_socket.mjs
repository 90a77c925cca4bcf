// A WebSocket without a network: a test says what comes, byte for byte, and when.
import { connect } from '../dist/index.js';
import { encodePacket, PacketType } from '../dist/modules/packet.js';
import { bytes } from './server.mjs';

export class MemorySocket {
  binaryType = '';
  onopen = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  sent = [];
  isClosed = false;

  send(data) {
    this.sent.push(data);
  }

  close() {
    this.isClosed = true;
  }

  /** One WebSocket message from the server. */
  deliver(...parts) {
    this.onmessage?.({ data: new Uint8Array(Buffer.concat(parts)).buffer });
  }
}

/** A client that has sent its handshake, and its socket. `client` resolves when the handshake is answered. */
export function begin(options = {}) {
  const socket = new MemorySocket();
  const client = connect('ws://memory', {
    webSocket: function () {
      return socket;
    },
    ...options,
  });
  socket.onopen();
  return { socket, client };
}

export function handshakeReply(members = {}) {
  return encodePacket(PacketType.handshake, bytes(JSON.stringify({ code: 200, ...members })));
}

/** A client after its handshake, and its socket. */
export async function open(options) {
  const { socket, client } = begin(options);
  socket.deliver(handshakeReply());
  return { socket, client: await client };
}
