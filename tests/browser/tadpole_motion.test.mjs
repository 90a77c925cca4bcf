// The pond page's reckoning of motion: its modules in a browser,
// fed by a network and a clock of the test's own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ExampleServer } from './server.mjs';
import { launchBrowser } from './visitors.mjs';

let browser;
let server;
let page;
before(async () => {
  browser = await launchBrowser();
  server = await ExampleServer.start('NANO_TADPOLE');
  page = await browser.newPage();
  await page.goto(server.url);
  await page.evaluate(defineJourney);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Runs in the page. */
function defineJourney() {
  const rules = { width: 10000, height: 7000, tick_hz: 20, speed_max: 300, acceleration: 600, turn: 4000 };
  const frameMs = 1000 / 60;

  /** Numbers from 0 to 1, the same in each run. */
  function noise() {
    let state = 12345;
    return () => (state = (state * 16807) % 2147483647) / 2147483647;
  }

  /**
   * A server that swims the page's own tadpole (1) and another (2) as `steerings` say; the page wants its own
   * to obey at once. What is sent takes `latencyMs`, and up to `jitterMs` more on the way back, in order.
   * From `busyFromMs` on the page is busy for `busyMs`: it draws nothing and hears nothing.
   * Returns what is drawn in each frame, and where the server has both in the end.
   */
  window.journey = async ({ latencyMs, jitterMs, seconds, steerings, busyFromMs = 0, busyMs = 0 }) => {
    const { World } = await import('/world.js');
    const { swim } = await import('/swimming.js');
    const random = noise();
    const rest = { heading: 0, thrust: 0 };
    const steer = (nowMs) => steerings.findLast(({ fromMs }) => fromMs <= nowMs) ?? rest;
    const start = () => ({ x: 5000, y: 3000, heading: 0, speed: 0 });
    const bodies = [start(), start()];
    const seen = (index) => {
      const { x, y, heading, speed } = bodies[index];
      const rounded = [x, y, heading * 1000, speed].map(Math.round);
      return { id: index + 1, x: rounded[0], y: rounded[1], heading: rounded[2], speed: rounded[3] };
    };
    const inFlight = [];
    let lastArrivalMs = 0;
    let last = bodies.map((_, index) => JSON.stringify(seen(index)));
    const tickOnce = (tick, tickMs) => {
      for (const body of bodies) swim(body, steer(tickMs - latencyMs), rules, 1 / rules.tick_hz);
      const now = bodies.map((_, index) => JSON.stringify(seen(index)));
      const moved = bodies.map((_, index) => seen(index)).filter((_, index) => now[index] !== last[index]);
      last = now;
      if (moved.length === 0) return;
      lastArrivalMs = Math.max(lastArrivalMs, tickMs + latencyMs + random() * jitterMs);
      inFlight.push({ atMs: lastArrivalMs, moves: { tick, moved } });
    };

    const world = new World();
    world.enter({ id: 1, name: 'Ada', tick: 0, rules, self: seen(0) }, latencyMs);
    world.viewChanged({ tick: 0, came: [{ swimmer: seen(1), name: 'Bob' }], gone: [] }, latencyMs);
    const frames = [];
    let tick = 0;
    for (let nowMs = latencyMs; nowMs < seconds * 1000; nowMs += frameMs) {
      while (((tick + 1) * 1000) / rules.tick_hz <= nowMs) {
        tick += 1;
        tickOnce(tick, (tick * 1000) / rules.tick_hz);
      }
      if (nowMs >= busyFromMs && nowMs < busyFromMs + busyMs) continue;
      while (inFlight[0]?.atMs <= nowMs) {
        const { atMs, moves } = inFlight.shift();
        world.moved(moves, busyMs > 0 ? nowMs : atMs, 2 * latencyMs);
      }
      world.own.steering = steer(nowMs);
      world.show(nowMs);
      frames.push({ nowMs, own: { ...world.own.body }, other: { ...world.others.get(2).body } });
    }
    return { frames, final: bodies };
  };
}

const straight = [{ fromMs: 500, heading: 0, thrust: 100 }];
const winding = [
  { fromMs: 500, heading: 0, thrust: 100 },
  { fromMs: 1500, heading: 1571, thrust: 100 },
  { fromMs: 2500, heading: -2000, thrust: 40 },
  { fromMs: 3500, heading: -2000, thrust: 0 },
];

/** Where one is that obeys at once: half a second after `straight` begins it has its full speed. */
function whereSteered(nowMs) {
  const seconds = Math.max(0, nowMs - straight[0].fromMs) / 1000;
  return 5000 + (seconds < 0.5 ? 300 * seconds ** 2 : 75 + 300 * (seconds - 0.5));
}

/** How far the tadpole comes from each frame to the next, from `fromMs` on. */
function steps(frames, who, fromMs) {
  const later = frames.filter(({ nowMs }) => nowMs >= fromMs).map((frame) => frame[who]);
  return later.slice(1).map(({ x, y }, index) => Math.hypot(x - later[index].x, y - later[index].y));
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

for (const [network, latencyMs, jitterMs] of [
  ['a fast network', 2, 1],
  ['a slow network', 120, 10],
  ['an unsteady network', 50, 90],
]) {
  const journey = (seconds, steerings) =>
    page.evaluate((wanted) => window.journey(wanted), { latencyMs, jitterMs, seconds, steerings });

  test(`over ${network} others swim evenly`, async () => {
    const { frames } = await journey(5, straight);
    for (const step of steps(frames, 'other', 2000)) {
      assert.ok(step > 3.5 && step < 6.5, `a step of ${step} units where 5 are due`);
    }
  });

  test(`over ${network} the own tadpole obeys at once and swims evenly`, async () => {
    const { frames } = await journey(5, straight);
    for (const { nowMs, own } of frames) {
      const off = own.x - whereSteered(nowMs);
      assert.ok(Math.abs(off) < 24, `${off} units off where it was steered at ${nowMs} ms`);
    }
    for (const step of steps(frames, 'own', 1500)) {
      assert.ok(step > 4 && step < 6, `a step of ${step} units where 5 are due`);
    }
  });

  test(`over ${network} all come to rest where the server has them`, async () => {
    const { frames, final } = await journey(6, winding);
    const { own, other } = frames.at(-1);
    assert.ok(distance(own, final[0]) < 2, `the own one is ${distance(own, final[0])} units off`);
    assert.ok(distance(other, final[1]) < 1, `the other one is ${distance(other, final[1])} units off`);
    assert.equal(other.speed, 0);
    for (const step of [...steps(frames, 'own', 0), ...steps(frames, 'other', 0)]) {
      assert.ok(step < 9, `a leap of ${step} units`);
    }
  });
}

test('a page that was busy while its tadpole came to rest still has it where the server has', async () => {
  const steerings = [...straight, { fromMs: 1500, heading: 0, thrust: 0 }];
  for (let busyFromMs = 1400; busyFromMs < 2100; busyFromMs += 50) {
    const wanted = { latencyMs: 50, jitterMs: 1, seconds: 5, steerings, busyFromMs, busyMs: 300 };
    const { frames, final } = await page.evaluate((wanted) => window.journey(wanted), wanted);
    const off = distance(frames.at(-1).own, final[0]);
    assert.ok(off < 2, `${off} units off when busy from ${busyFromMs} ms on`);
  }
});

test('who is not in a snapshot rested until the next it is in', async () => {
  const places = await page.evaluate(async () => {
    const { Tadpole } = await import('/tadpole.js');
    const swimmer = (x) => ({ id: 2, x, y: 0, heading: 0, speed: 100 });
    const tadpole = new Tadpole(swimmer(0), 'Bob', 10);
    tadpole.heard(swimmer(40), 30);
    return [20, 29, 29.5, 30, 33, 60].map((tick) => {
      tadpole.show(tick, 30, { tick_hz: 20 });
      return tadpole.body.x;
    });
  });
  // At last it is assumed to swim on as it did, but not for long.
  assert.deepEqual(places, [0, 0, 20, 40, 55, 55]);
});
