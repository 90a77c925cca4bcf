// The pond's page: a visit is a connection, a world fed by what the server pushes, and a picture of it.
import { Drift } from './drift.js';
import { Input } from './input.js';
import { Scene } from './scene.js';
import * as view from './view.js';
import { Visit } from './visit.js';

const nameKey = 'nano-tadpole-name';
const frameMaxS = 0.1;

const scene = new Scene(document.getElementById('pond'), document.getElementById('water'));
const input = new Input(document.getElementById('pond'));
const drift = new Drift();

/** The visit to the pond while there is one, or one is being tried. */
let visit = null;
let frameAtMs = performance.now();

async function enter(name) {
  view.showEntering();
  const begun = new Visit(name, leave);
  visit = begun;
  try {
    await begun.begin();
  } catch (error) {
    if (visit === begun) leave(begun.sentenceFor(error));
    return;
  }
  if (visit !== begun) return;
  remember(begun.name);
  input.rest();
  view.showPond();
}

// In a hidden page no frame is drawn, so none would tell the server that nobody steers any more.
document.addEventListener('visibilitychange', () => {
  const own = visit?.world.own;
  if (document.hidden && own) own.steering = visit.rest(performance.now());
});

/** `sentence` says why, where the visitor did not ask for it. */
function leave(sentence) {
  const left = visit;
  visit = null;
  left?.end();
  view.showWelcome(sentence);
}

function drawFrame(nowMs) {
  // A frame's own time may lie before what arrived since.
  const seconds = Math.min(frameMaxS, Math.max(0, (nowMs - frameAtMs) / 1000));
  frameAtMs = nowMs;
  const world = visit?.world;
  if (world?.own) {
    steer(world, nowMs);
    world.show(nowMs);
    const { own, rules, others } = world;
    scene.draw({ rules, own, followed: own.body, tadpoles: [...others.values(), own] }, nowMs, seconds);
  } else if (visit === null || !visit.hasBegun) {
    drift.show(nowMs);
    scene.draw(drift, nowMs, seconds);
  }
  requestAnimationFrame(drawFrame);
}

function steer({ own }, nowMs) {
  own.steering = visit.steer(input.steering(own.body, scene.camera.toPage(own.body)), nowMs);
  if (own.steering.thrust > 0) view.hideHint();
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

/** For tests and the curious: what the page knows now, as a copy. Nothing is steered by it. */
Object.defineProperty(window, 'pond', {
  get() {
    const world = visit?.world;
    const told = ({ id, name, body, speech }) => ({
      id,
      name,
      ...body,
      speech: speech.map(({ text }) => text),
    });
    return {
      self: world?.own ? told(world.own) : null,
      tadpoles: world ? [...world.others.values()].map(told) : [],
      rules: world?.rules ? { ...world.rules } : null,
    };
  },
});

view.onDoor(enter, () => leave(''));
view.onSay((text) => visit?.say(text) ?? false);
view.fillInName(remembered());
requestAnimationFrame(drawFrame);
