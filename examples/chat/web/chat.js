// @ts-check
// The chat room's page: joins the room, shows what the server pushes, sends what is typed.
import { connect, ResponseError } from './nano-client/index.js';
import * as view from './view.js';

const nameKey = 'nano-chat-name';
const rejoinDelayMs = 1000;
const shownMax = 1000;

const nameInput = view.byId('name');
const textInput = view.byId('text');

/**
 * The client while this page is in the room, or on its way there. With the routes that the server printed,
 * editors and compilers check each call.
 * @typedef {import('./nano-client/index.js').TypedClient<import('./routes.js').Routes>} Client
 * @type {Client | null}
 */
let client = null;
let me = '';
let rejoinTimer;
/** The last lines shown, so that those in the history are not shown again after a reconnect. */
const shown = new Set();

function serverUrl() {
  const url = new URL('/nano', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

async function enter(name) {
  view.showEntering();
  try {
    client = await connect(serverUrl(), { reconnect: { minDelayMs: 300, maxDelayMs: 5000 } });
  } catch {
    leave('The server cannot be reached. Please try again.');
    return;
  }
  listen(client);
  try {
    await join(client, name);
  } catch (error) {
    // When the server closed the session, its reason is on the page already.
    if (client !== null) leave(sentenceFor(error));
    return;
  }
  remember(me);
  view.showRoom();
}

/** @param {Client} client */
function listen(client) {
  client.on('onMessage', showMessage);
  client.on('onJoin', ({ name, members }) => {
    view.showMembers(members, me);
    if (name !== me) view.addEvent(name, 'came in');
  });
  client.on('onLeave', ({ name, members }) => {
    view.showMembers(members, me);
    view.addEvent(name, 'left');
  });
  client.onState((change) => {
    if (change.state === 'open') rejoin(client);
    else clearTimeout(rejoinTimer);
    if (change.state === 'reconnecting') {
      view.showConnection('reconnecting', 'Connection lost, reconnecting…');
    }
    if (change.state === 'closed' && change.error.reason !== 'client') leave(goodbye(change.error));
  });
}

/** @param {Client} client */
async function join(client, name) {
  me = name.trim();
  const room = await client.request('Room.Join', { name });
  me = room.name;
  for (const line of room.history) {
    if (!shown.has(keyOf(line))) showMessage(line);
  }
  view.showMembers(room.members, me);
  view.showConnection('open', 'Connected');
}

/** To the server a new connection is a stranger. */
async function rejoin(client) {
  try {
    await join(client, me);
  } catch (error) {
    if (client.state !== 'open') return;
    if (error instanceof ResponseError && error.code !== 'name_taken') {
      leave(sentenceFor(error));
      return;
    }
    // The lost connection may still hold the name, until the server misses its heartbeats.
    view.showConnection('reconnecting', 'Connected, joining the room again…');
    rejoinTimer = setTimeout(() => rejoin(client), rejoinDelayMs);
  }
}

function showMessage(line) {
  shown.add(keyOf(line));
  if (shown.size > shownMax) shown.delete(shown.values().next().value);
  view.addMessage(line, line.name === me);
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
  left?.close();
  shown.clear();
  view.clearLines();
  view.showWelcome(sentence);
}

// A browser may keep a page from storing anything.
function remember(name) {
  try {
    localStorage.setItem(nameKey, name);
  } catch {
    return;
  }
}

function remembered() {
  try {
    return localStorage.getItem(nameKey) ?? '';
  } catch {
    return '';
  }
}

view.byId('join').addEventListener('submit', (event) => {
  event.preventDefault();
  enter(nameInput.value);
});

view.byId('say').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = textInput.value.trim();
  if (text === '' || client === null || !client.notify('Room.Say', { text })) return;
  textInput.value = '';
  textInput.focus();
  view.scrollToNewest();
});

view.byId('leave').addEventListener('click', () => leave(''));

nameInput.value = remembered();
nameInput.focus();
nameInput.select();
