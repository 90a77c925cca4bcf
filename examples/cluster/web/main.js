// @ts-check
// The page of the cluster's chat: logs in at a gate, joins a room, which some chat node serves, and comes
// back when either of them is lost.
import { connect, ResponseError } from './nano-client/index.js';
import { anyGate, askForNodes, GateSocket } from './gates.js';
import { stopWatching, watchNodes } from './nodes.js';
import * as view from './view.js';

const storageKey = 'nano-cluster-chat';
const retryDelayMs = 1000;
const shownMax = 1000;
/** What passes: a lost connection still holds the name, no chat node is there yet. */
const passing = new Set(['name_taken', 'unavailable', 'timeout', 'internal']);

const nameInput = view.byId('name');
const roomInput = view.byId('room-name');
const textInput = view.byId('text');

/**
 * The client while this page is in a room, or on its way there.
 * @typedef {import('./nano-client/index.js').TypedClient<import('./routes.js').Routes>} Client
 * @type {Client | null}
 */
let client = null;
/** Who this page is, and where: as the gate says. */
let me = { name: '', room: '' };
/** The nodes on the way to the room; empty while not known. */
let way = { gate: '', chat: '' };
let retryTimer;
/** Counts attempts to come back, so that an older one that is overtaken gives up. */
let attempts = 0;
/** The last lines shown, so that those in the history are not shown again. */
const shown = new Set();

async function enter(name, room) {
  view.showEntering();
  me = { name, room };
  try {
    client = await connect(anyGate, {
      reconnect: { minDelayMs: 200, maxDelayMs: 3000 },
      handshakeTimeoutMs: 5000,
      webSocket: GateSocket,
    });
  } catch {
    leave('The server cannot be reached. Please try again.');
    return;
  }
  listen(client);
  try {
    await login(client);
    await join(client);
  } catch (error) {
    // When the server closed the session, its reason is on the page already.
    if (client !== null) leave(sentenceFor(error));
    return;
  }
  remember(me);
  view.showRoom(me.room);
  watchNodes(askForNodes, () => way);
}

/** @param {Client} client */
function listen(client) {
  client.on('onMessage', showMessage);
  client.on('onJoin', ({ name, members }) => {
    view.showMembers(members, me.name);
    if (name !== me.name) view.addEvent(name, 'came in');
  });
  client.on('onLeave', ({ name, members }) => {
    view.showMembers(members, me.name);
    view.addEvent(name, 'left');
  });
  client.on('onServiceLost', ({ service }) => {
    if (service !== 'Room') return;
    view.showConnection('reconnecting', `${way.chat} is lost, joining the room again…`);
    comeBack(client);
  });
  client.onState((change) => {
    clearTimeout(retryTimer);
    attempts += 1;
    if (change.state === 'open') {
      way.gate = '';
      comeBack(client);
    }
    if (change.state === 'reconnecting') {
      view.showConnection('reconnecting', 'Connection lost, looking for a gate…');
    }
    if (change.state === 'closed' && change.error.reason !== 'client') leave(goodbye(change.error));
  });
}

/** @param {Client} client */
async function login(client) {
  const { name, room, gate } = await client.request('Gate.Login', me);
  me = { name, room };
  way.gate = gate;
}

/** @param {Client} client */
async function join(client) {
  const room = await client.request('Room.Join');
  if (way.chat !== '' && room.node !== way.chat) view.addEvent(room.node, 'serves the room now');
  way.chat = room.node;
  for (const line of room.history) {
    if (!shown.has(keyOf(line))) showMessage(line);
  }
  view.showMembers(room.members, me.name);
  view.showConnection('open', `${way.gate} → ${way.chat}`);
}

/** To a gate a new connection is a stranger; to a chat node everybody is whom another one has served. */
async function comeBack(client) {
  clearTimeout(retryTimer);
  attempts += 1;
  const attempt = attempts;
  try {
    if (way.gate === '') await login(client);
    await join(client);
    watchNodes(askForNodes, () => way);
  } catch (error) {
    if (attempt !== attempts || client.state !== 'open') return;
    if (error instanceof ResponseError && !passing.has(error.code)) {
      leave(sentenceFor(error));
      return;
    }
    view.showConnection('reconnecting', 'Connected, joining the room again…');
    retryTimer = setTimeout(() => comeBack(client), retryDelayMs);
  }
}

/** What nobody has heard comes back into its field. */
async function say(text) {
  try {
    await client.request('Room.Say', { text });
  } catch {
    if (textInput.value === '') textInput.value = text;
  }
}

function showMessage(line) {
  shown.add(keyOf(line));
  if (shown.size > shownMax) shown.delete(shown.values().next().value);
  view.addMessage(line, line.name === me.name);
}

function keyOf({ name, text, time }) {
  return JSON.stringify([time, name, text]);
}

function sentenceFor(error) {
  return error instanceof ResponseError ? error.message : 'The server does not answer. Please try again.';
}

function goodbye({ reason, detail }) {
  if (reason !== 'kick') return 'The server closed the connection.';
  return detail ? `The server closed the session: ${detail}` : 'The server closed the session.';
}

function leave(sentence) {
  const left = client;
  client = null;
  left?.notify('Room.Leave');
  left?.close();
  stopWatching();
  way = { gate: '', chat: '' };
  shown.clear();
  view.clearLines();
  view.showWelcome(sentence);
}

// A browser may keep a page from storing anything.
function remember(visit) {
  try {
    localStorage.setItem(storageKey, JSON.stringify(visit));
  } catch {
    return;
  }
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(storageKey)) ?? {};
  } catch {
    return {};
  }
}

view.byId('join').addEventListener('submit', (event) => {
  event.preventDefault();
  enter(nameInput.value, roomInput.value);
});

view.byId('say').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = textInput.value.trim();
  if (text === '' || client === null || view.connectionState() !== 'open') return;
  say(text);
  textInput.value = '';
  textInput.focus();
  view.scrollToNewest();
});

view.byId('leave').addEventListener('click', () => leave(''));

// The other gates are to be known before this one is lost.
askForNodes();

const before = remembered();
nameInput.value = before.name ?? '';
roomInput.value = before.room ?? roomInput.value;
nameInput.focus();
nameInput.select();
