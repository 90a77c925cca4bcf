// The gates that this page knows, and the one that it talks to. Any gate leads to any room.

const nodesTimeoutMs = 3000;

/** The first is where the page came from. */
const gates = [new URL('/', location.href).href];
let current = 0;
let lastDialFailed = false;

function socketUrl() {
  const url = new URL('/nano', gates[current]);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/**
 * Goes to the same gate as the last one, or to the next one after a gate that did not answer.
 * @type {import('./nano-client/index.js').WebSocketConstructor}
 */
export const GateSocket = class extends WebSocket {
  constructor() {
    if (lastDialFailed) current = (current + 1) % gates.length;
    lastDialFailed = true;
    super(socketUrl());
    this.addEventListener('open', () => (lastDialFailed = false));
  }
};

/** For the client, which wants an address; GateSocket chooses. */
export const anyGate = socketUrl();

/** What the gate knows of the cluster, or null when it does not answer. Learns of other gates by the way. */
export async function askForNodes() {
  try {
    const answer = await fetch(new URL('/nodes', gates[current]), {
      signal: AbortSignal.timeout(nodesTimeoutMs),
    });
    const page = await answer.json();
    for (const gate of page.gates) {
      // A port alone is one of the same host, by whatever name this page knows it.
      const { href } = new URL(gate.startsWith(':') ? `//${location.hostname}${gate}` : gate, location.href);
      if (!gates.includes(href)) gates.push(href);
    }
    return page;
  } catch {
    return null;
  }
}
