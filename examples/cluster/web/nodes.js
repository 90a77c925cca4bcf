// The list of nodes: those that are there, and those that were there a moment ago.
import { byId, element } from './view.js';

const pollMs = 2000;
const goneShownMs = 60_000;

/** By name: {name, kind, goneAtMs}, the last null while the node is there. */
const known = new Map();
let timer;

function kindOf({ services }) {
  const kinds = { Stats: 'master', Gate: 'gate', Room: 'chat' };
  return Object.keys(kinds)
    .filter((service) => services.includes(service))
    .map((service) => kinds[service])
    .join(', ');
}

function learn(nodes) {
  const nowMs = performance.now();
  const present = new Set(nodes.map(({ name }) => name));
  for (const node of nodes) known.set(node.name, { name: node.name, kind: kindOf(node), goneAtMs: null });
  for (const node of known.values()) {
    if (present.has(node.name)) continue;
    node.goneAtMs ??= nowMs;
    if (nowMs - node.goneAtMs > goneShownMs) known.delete(node.name);
  }
}

/** `gate` is the one that the page is connected to, `chat` the node that serves its room. */
function show({ gate, chat }) {
  const sorted = [...known.values()].sort((a, b) => a.name.localeCompare(b.name));
  byId('node-list').replaceChildren(
    ...sorted.map(({ name, kind, goneAtMs }) => {
      const item = element('li', '', element('bdi', 'node', name), element('span', 'kind', kind));
      item.dataset.state = goneAtMs === null ? 'up' : 'gone';
      if (goneAtMs !== null) item.append(element('span', 'note', 'gone'));
      else if (name === gate && name === chat) item.append(element('span', 'note mine', 'you are here'));
      else if (name === gate) item.append(element('span', 'note mine', 'your gate'));
      else if (name === chat) item.append(element('span', 'note mine', 'serves this room'));
      return item;
    }),
  );
}

function showTotals(totals) {
  byId('totals').textContent = totals
    ? `${totals.online} online, ${totals.messages} ${totals.messages === 1 ? 'message' : 'messages'} so far`
    : 'The master does not answer: nobody counts.';
}

/** Asks again and again with `ask`; `place` tells where the page is: {gate, chat}. */
export async function watchNodes(ask, place) {
  stopWatching();
  timer = setInterval(() => document.hidden || refresh(ask, place), pollMs);
  await refresh(ask, place);
}

async function refresh(ask, place) {
  const page = await ask();
  if (page === null) return;
  learn(page.nodes);
  show(place());
  showTotals(page.totals);
}

export function stopWatching() {
  clearInterval(timer);
}
