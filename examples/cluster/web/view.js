// What is seen of the room. Everything that people wrote goes in as text, never as HTML.

const linesMax = 500;
const groupWithinMs = 3 * 60 * 1000;
const nearBottomPx = 60;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** @returns {any} the element, of whatever kind it is */
export const byId = (id) => document.getElementById(id);
const log = byId('log');
const lines = byId('lines');
const newest = byId('newest');
const side = byId('side');
const sideButton = byId('show-side');

let stuckToBottom = true;
let lastMessage = null;

/** Before the join. `error` is a sentence, or empty. */
export function showWelcome(error) {
  byId('room').hidden = true;
  byId('welcome').hidden = false;
  byId('join-error').textContent = error;
  byId('enter').disabled = false;
  byId('name').focus();
}

export function showEntering() {
  byId('join-error').textContent = '';
  byId('enter').disabled = true;
}

export function showRoom(name) {
  byId('title').textContent = name;
  byId('welcome').hidden = true;
  byId('room').hidden = false;
  byId('text').focus();
  scrollToNewest();
}

export function clearLines() {
  lines.replaceChildren();
  lastMessage = null;
}

/** `state` is open or reconnecting; in the latter nothing can be sent. */
export function showConnection(state, sentence) {
  const connection = byId('connection');
  connection.dataset.state = state;
  connection.textContent = sentence;
  byId('say').querySelector('button').disabled = state !== 'open';
}

export const connectionState = () => byId('connection').dataset.state;

export function showMembers(names, me) {
  const sorted = [...names].sort((a, b) => a.localeCompare(b));
  byId('count').textContent = String(sorted.length);
  byId('members-title').textContent = `In the room: ${sorted.length}`;
  byId('member-list').replaceChildren(
    ...sorted.map((name) => {
      const item = element('li', '', nameTag(name));
      if (name === me) item.append(element('span', 'you', ' (you)'));
      return item;
    }),
  );
}

export function addMessage({ name, text, time, node }, isOwn) {
  const date = new Date(time);
  const moment = element('time', '', clock.format(date));
  moment.dateTime = date.toISOString();
  moment.title = calendar.format(date);
  const words = element('span', 'text', text);
  words.dir = 'auto';
  const origin = element('span', 'origin', element('bdi', 'server', node), ' ', moment);

  const line = element('li', 'message', element('span', 'author', nameTag(name)), words, ' ', origin);
  line.classList.toggle('own', isOwn);
  line.classList.toggle('more', lastMessage?.name === name && time - lastMessage.time < groupWithinMs);
  addLine(line);
  lastMessage = { name, time };
}

/** A sentence about the room, which starts with a name. */
export function addEvent(name, rest) {
  addLine(element('li', 'event', element('bdi', '', name), ` ${rest}`));
  lastMessage = null;
}

function addLine(line) {
  lines.append(line);
  while (lines.childElementCount > linesMax) lines.firstElementChild.remove();
  if (stuckToBottom) scrollToNewest();
  else newest.hidden = false;
}

export function scrollToNewest() {
  stuckToBottom = true;
  newest.hidden = true;
  log.scrollTop = log.scrollHeight;
}

function nameTag(name) {
  const tag = element('bdi', 'name', name);
  tag.style.setProperty('--hue', String(hueOf(name)));
  return tag;
}

/** The same colour for the same name on every page. */
function hueOf(name) {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) % 9973;
  // Steps of the golden angle keep the hues of close hashes apart.
  return (hash * 137.508) % 360;
}

export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

log.addEventListener('scroll', () => {
  stuckToBottom = log.scrollHeight - log.scrollTop - log.clientHeight < nearBottomPx;
  if (stuckToBottom) newest.hidden = true;
});
newest.addEventListener('click', scrollToNewest);
new ResizeObserver(() => {
  if (stuckToBottom) scrollToNewest();
}).observe(log);

sideButton.addEventListener('click', () => {
  const open = side.classList.toggle('open');
  sideButton.setAttribute('aria-expanded', String(open));
});

// Some phones lay the keyboard over the page instead of making the page smaller.
window.visualViewport?.addEventListener('resize', () => {
  const { height, scale } = window.visualViewport;
  document.documentElement.style.setProperty('--height', `${height * scale}px`);
  window.scrollTo(0, 0);
});
