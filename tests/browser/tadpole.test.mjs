import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ExampleServer } from './server.mjs';
import { SwimmingVisitor } from './swimmer.mjs';
import { desktop, launchBrowser, phone } from './visitors.mjs';

const crowdProgram = fileURLToPath(new URL('../../examples/tadpole/crowd/crowd.mjs', import.meta.url));

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

/** A server of the test's own, with visitors of these names in its pond, who see each other. */
async function pond(t, ...names) {
  const server = await ExampleServer.start('NANO_TADPOLE');
  t.after(() => server.stop());
  const visitors = [];
  for (const name of names) {
    const visitor = await SwimmingVisitor.arrive(t, browser, server.url);
    await visitor.enter(name);
    for (const other of visitors) await other.seesTadpole(name);
    visitors.push(visitor);
  }
  return { server, visitors };
}

/** The finger stays down until it is lifted. */
async function finger(visitor) {
  const devices = await visitor.page.context().newCDPSession(visitor.page);
  const { width, height } = visitor.page.viewportSize();
  return {
    put: (right, down) =>
      devices.send('Input.dispatchTouchEvent', {
        type: 'touchStart',
        touchPoints: [{ x: width * right, y: height * down }],
      }),
    lift: () => devices.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] }),
  };
}

/**
 * A place of the page below the tadpole in its middle, and so near that it swims slowly: others see it for at
 * least ten seconds before it is out of their view.
 */
const below = [0.5, 0.58];

test('two visitors see each other swim after the mouse', async (t) => {
  const {
    visitors: [ada, bob],
  } = await pond(t, 'Ada', 'Bob');
  const before = await ada.seesTadpole('Bob');
  await bob.pointAt(...below);
  await ada.seesBelow(before, 100);
  await bob.pointAtNothing();
  await ada.seesAtRest(bob);

  const adaBefore = await bob.seesTadpole('Ada');
  await ada.pointAt(...below);
  await bob.seesBelow(adaBefore, 100);
  assert.deepEqual([...ada.errors, ...bob.errors], []);
});

test('arrow keys and WASD steer too', async (t) => {
  const {
    visitors: [ada, bob],
  } = await pond(t, 'Ada', 'Bob');
  // Who turns all the time swims in circles, and is never out of view.
  for (const [ahead, right] of [
    ['ArrowUp', 'ArrowRight'],
    ['KeyW', 'KeyD'],
  ]) {
    await bob.page.keyboard.down(right);
    await ada.seesTurn(await ada.seesTadpole('Bob'));
    await bob.page.keyboard.down(ahead);
    await ada.seesSpeed('Bob', 200, 300);
    await bob.page.keyboard.up(ahead);
    await bob.page.keyboard.up(right);
    await ada.seesAtRest(bob);
  }
});

test('on a phone a finger leads the way, also while a message is written', async (t) => {
  const {
    server,
    visitors: [ada],
  } = await pond(t, 'Ada');
  const bob = await SwimmingVisitor.arrive(t, browser, server.url, { viewport: phone });
  await bob.enter('Bob');
  const before = await ada.seesTadpole('Bob');
  const touch = await finger(bob);
  await bob.page.getByLabel('Message', { exact: true }).fill('On my w');
  await touch.put(...below);
  await ada.seesBelow(before, 100);
  await touch.lift();
  await ada.seesAtRest(bob);
  await bob.page.keyboard.type('ay!');
  await bob.page.keyboard.press('Enter');
  await ada.hears('Bob', 'On my way!');
  assert.deepEqual(bob.errors, []);
});

test('who writes does not steer', async (t) => {
  const {
    visitors: [ada, bob],
  } = await pond(t, 'Ada', 'Bob');
  const before = await ada.seesTadpole('Bob');
  await bob.page.keyboard.press('Enter');
  await bob.page.keyboard.down('KeyW');
  // Ticks go by while Ada swims.
  const adaBefore = await bob.seesTadpole('Ada');
  await ada.pointAt(...below);
  await bob.seesBelow(adaBefore, 100);
  for (const { x, y } of [await ada.seesTadpole('Bob'), await bob.self()]) {
    assert.deepEqual([x, y], [before.x, before.y]);
  }
  await bob.page.keyboard.up('KeyW');
  assert.equal(await bob.page.getByLabel('Message', { exact: true }).inputValue(), 'w');
});

test('who hides the page while swimming comes to rest', async (t) => {
  const {
    visitors: [ada, bob],
  } = await pond(t, 'Ada', 'Bob');
  const before = await ada.seesTadpole('Bob');
  await bob.pointAt(...below);
  await ada.seesBelow(before, 100);
  await bob.page.evaluate(() => {
    // As in a window that nobody sees: no frame follows, not even the one that is due.
    const next = requestAnimationFrame(() => {});
    for (let frame = next - 10; frame <= next; frame += 1) cancelAnimationFrame(frame);
    window.requestAnimationFrame = () => 0;
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await ada.seesSpeed('Bob', 0, 0);
});

test('visitors hear each other', async (t) => {
  const {
    visitors: [ada, bob],
  } = await pond(t, 'Ada', 'Bob');
  await bob.page.keyboard.press('Enter');
  await bob.page.keyboard.type('wasd: schöne Grüße 👋');
  await bob.page.keyboard.press('Enter');
  for (const visitor of [ada, bob]) await visitor.hears('Bob', 'wasd: schöne Grüße 👋');
  const message = bob.page.getByLabel('Message', { exact: true });
  assert.equal(await message.inputValue(), '');
  assert.equal(await message.evaluate((input) => document.activeElement === input), false);
  await ada.say('Hello Bob');
  for (const visitor of [ada, bob]) await visitor.hears('Ada', 'Hello Bob');
});

test('who leaves is gone, by the button as by a closed window, and the visitors are counted', async (t) => {
  const {
    visitors: [ada, bob, cleo],
  } = await pond(t, 'Ada', 'Bob', 'Cleo');
  await ada.seesVisitors(3);
  await bob.page.getByRole('button', { name: 'Leave' }).click();
  await bob.page.getByLabel('Your name').waitFor();
  await ada.seesNoTadpole('Bob');
  await cleo.page.close();
  await ada.seesNoTadpole('Cleo');
  await ada.seesVisitors(1);
  assert.equal(await ada.page.locator('#visitors-word').textContent(), 'visitor');
  await bob.enter('Robert');
  await ada.seesTadpole('Robert');
  await ada.seesVisitors(2);
});

test('the latency is shown', async (t) => {
  const {
    visitors: [ada],
  } = await pond(t, 'Ada');
  await ada.waitsFor('a latency', () => /^\d+$/.test(document.getElementById('latency').textContent));
});

test('what people write stays text', async (t) => {
  const {
    server,
    visitors: [ada],
  } = await pond(t, 'Ada');
  const mallory = await SwimmingVisitor.arrive(t, browser, server.url);
  await mallory.enter('<b>Mal</b>');
  await ada.seesTadpole('<b>Mal</b>');
  const html = '<img src=x onerror="document.title = \'broken\'">';
  await mallory.say(html);
  await ada.hears('<b>Mal</b>', html);
  assert.equal(await ada.page.locator('#log b, #log img').count(), 0);
  assert.equal(await ada.page.title(), 'The tadpole pond');
});

test('names are cut to what the pond takes, and the page remembers them', async (t) => {
  const {
    server,
    visitors: [ada],
  } = await pond(t, 'Ada');
  const other = await SwimmingVisitor.arrive(t, browser, server.url);
  await other.enter('  Bartholomew   the Tadpole  ');
  await ada.seesTadpole('Bartholomew the');
  const nameless = await SwimmingVisitor.arrive(t, browser, server.url);
  await nameless.enter('');
  const { name } = await nameless.self();
  assert.match(name, /\w/, 'one without a name is given one');
  await ada.seesTadpole(name);

  await other.page.reload();
  assert.equal(await other.page.getByLabel('Your name').inputValue(), 'Bartholomew the');
});

test('when the server restarts, pages come back by themselves', async (t) => {
  const {
    server,
    visitors: [ada, bob],
  } = await pond(t, 'Ada', 'Bob');
  assert.equal(await server.stop(), 0, 'the server ends with exit code 0');
  for (const visitor of [ada, bob]) await visitor.seesConnection('reconnecting');

  const again = await ExampleServer.start('NANO_TADPOLE', server.port);
  t.after(() => again.stop());
  for (const visitor of [ada, bob]) await visitor.seesConnection('open');
  const before = await ada.seesTadpole('Bob');
  await bob.pointAt(...below);
  await ada.seesBelow(before, 100);
  await bob.pointAtNothing();
  await bob.say('Here again');
  await ada.hears('Bob', 'Here again');
  assert.deepEqual([...ada.errors, ...bob.errors], []);
});

test('a visitor who is not answered in time on the way back in comes by a new connection', async (t) => {
  const { server } = await pond(t);
  const ada = await SwimmingVisitor.arrive(t, browser, server.url);
  await ada.page.clock.install();
  const connections = [];
  let heldBack;
  const isHeldBack = new Promise((resolve) => (heldBack = resolve));
  await ada.page.routeWebSocket('**/nano', (socket) => {
    const number = connections.push(socket);
    const there = socket.connectToServer();
    // Of the second connection nothing comes back but the handshake.
    there.onMessage((packet) => {
      if (number !== 2 || packet[0] !== 4) socket.send(packet);
      else heldBack();
    });
  });
  await ada.enter('Ada');
  connections[0].close();
  await isHeldBack;
  assert.equal(await ada.self(), null);
  await ada.page.clock.fastForward(10_000);
  await ada.waitsFor('Ada in the pond', () => window.pond.self !== null);
  await ada.seesConnection('open');
  assert.equal(connections.length, 3);
  await ada.seesVisitors(1);
  assert.deepEqual(ada.errors, []);
});

test('a kick is explained in words', async (t) => {
  const { server } = await pond(t);
  const ada = await SwimmingVisitor.arrive(t, browser, server.url);
  let connection;
  await ada.page.routeWebSocket('**/nano', (socket) => {
    connection = socket;
    socket.connectToServer();
  });
  await ada.enter('Ada');
  const body = Buffer.from(JSON.stringify({ reason: 'the pond is being cleaned' }));
  connection.send(Buffer.concat([Buffer.from([5, 0, 0, body.length]), body]));
  await ada.seesAlert('out of the pond: the pond is being cleaned');
  await ada.page.getByLabel('Your name').waitFor();
  assert.deepEqual(ada.errors, []);
});

test('a server that cannot be reached is explained in words', async (t) => {
  const { server } = await pond(t);
  const ada = await SwimmingVisitor.arrive(t, browser, server.url);
  await server.stop();
  await ada.submitName('Ada');
  await ada.seesAlert('cannot be reached');
  assert.equal(await ada.page.locator('#around').isVisible(), false);
});

/** A few dozen players for the pictures. */
function startCrowd(t, server) {
  const address = `${server.url.replace('http', 'ws')}nano`;
  const crowd = spawn(process.execPath, [crowdProgram, address, '--players', '30', '--seconds', '300'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  t.after(() => crowd.kill());
}

for (const [device, viewport] of Object.entries({ desktop, phone })) {
  test(`the page fits a ${device}`, async (t) => {
    const { server } = await pond(t);
    const ada = await SwimmingVisitor.arrive(t, browser, server.url, { viewport });
    await ada.waitsFor('the pond drawn', () => document.getElementById('pond').width > 0);
    await ada.screenshot(`pond-welcome-${device}`);
    startCrowd(t, server);
    await ada.enter('Ada');
    await ada.seesVisitors(31);
    await ada.waitsFor('five tadpoles', () => window.pond.tadpoles.length >= 5);
    await ada.say('What a crowd! Let us meet at the lilies 🐸');
    await ada.hears('Ada', 'What a crowd! Let us meet at the lilies 🐸');
    await ada.screenshot(`pond-${device}`);

    const fit = await ada.page.evaluate(() => {
      const page = document.documentElement;
      const input = document.getElementById('text').getBoundingClientRect();
      const bar = document.querySelector('.bar').getBoundingClientRect();
      const { width, height } = document.getElementById('pond').getBoundingClientRect();
      return {
        sideways: page.scrollWidth > page.clientWidth,
        downwards: page.scrollHeight > page.clientHeight,
        inputVisible: input.bottom <= innerHeight && input.left >= 0 && input.right <= innerWidth,
        barVisible: bar.top >= 0 && bar.left >= 0 && bar.right <= innerWidth,
        pondFills: width === innerWidth && height === innerHeight,
      };
    });
    assert.deepEqual(fit, {
      sideways: false,
      downwards: false,
      inputVisible: true,
      barVisible: true,
      pondFills: true,
    });

    await ada.page.setViewportSize({ width: viewport.height, height: viewport.width });
    await ada.waitsFor(
      'the pond as wide as the page',
      () => document.getElementById('pond').width === innerWidth * devicePixelRatio,
    );
    assert.deepEqual(ada.errors, []);
  });
}
