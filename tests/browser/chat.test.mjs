import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ChatVisitor } from './chat_visitor.mjs';
import { ExampleServer } from './server.mjs';
import { desktop, launchBrowser, phone } from './visitors.mjs';

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

/** A server of the test's own, with visitors of these names in its room. */
async function room(t, ...names) {
  const server = await ExampleServer.start('NANO_CHAT');
  t.after(() => server.stop());
  const visitors = [];
  for (const name of names) {
    const visitor = await ChatVisitor.arrive(t, browser, server.url);
    await visitor.enter(name);
    visitors.push(visitor);
  }
  return { server, visitors };
}

test('two people join, see each other and talk', async (t) => {
  const {
    visitors: [ada, bob],
  } = await room(t, 'Ada', 'Bob');
  await ada.seesMembers('Ada', 'Bob');
  await bob.seesMembers('Ada', 'Bob');
  await ada.seesEvent('Bob came in');

  await ada.say('Hello Bob, schöne Grüße 👋');
  await bob.say('Hello Ada');
  for (const visitor of [ada, bob]) {
    await visitor.sees('Ada', 'Hello Bob, schöne Grüße 👋');
    const line = await visitor.sees('Bob', 'Hello Ada');
    const time = line.locator('time');
    const sentMs = Date.parse(await time.getAttribute('datetime'));
    assert.ok(Math.abs(Date.now() - sentMs) < 60_000, 'the time is that of the message');
    assert.match(await time.textContent(), /\d/);
    assert.deepEqual(visitor.errors, []);
  }
  assert.equal(await ada.page.getByLabel('Message', { exact: true }).inputValue(), '');
});

test('one who comes later sees the last lines and who is there', async (t) => {
  const {
    server,
    visitors: [ada, bob],
  } = await room(t, 'Ada', 'Bob');
  await ada.say('one');
  await bob.sees('Ada', 'one');
  await bob.say('two');
  await ada.sees('Bob', 'two');

  const cleo = await ChatVisitor.arrive(t, browser, server.url);
  await cleo.enter('Cleo');
  await cleo.sees('Ada', 'one');
  await cleo.sees('Bob', 'two');
  await cleo.seesMessages('one', 'two');
  await cleo.seesMembers('Ada', 'Bob', 'Cleo');
});

test('leaving is seen, by the button as by a closed window', async (t) => {
  const {
    visitors: [ada, bob, cleo],
  } = await room(t, 'Ada', 'Bob', 'Cleo');
  await bob.page.getByRole('button', { name: 'Leave' }).click();
  await bob.page.getByLabel('Your name').waitFor();
  await ada.seesEvent('Bob left');
  await cleo.page.close();
  await ada.seesEvent('Cleo left');
  await ada.seesMembers('Ada');

  await bob.enter('Robert');
  await ada.seesMembers('Ada', 'Robert');
});

test('a name that the room does not take is explained in words', async (t) => {
  const {
    server,
    visitors: [ada],
  } = await room(t, 'Ada');
  const other = await ChatVisitor.arrive(t, browser, server.url);
  const error = other.page.getByRole('alert');
  for (const name of ['Ada', 'A'.repeat(300)]) {
    await other.submitName(name);
    await other.waitsFor('words', () => /\w+ \w+/.test(document.getElementById('join-error').textContent));
    assert.match(await error.textContent(), /[.!]$/, 'a sentence');
    assert.equal(await other.page.locator('#room').isVisible(), false);
  }
  await other.enter('Bob');
  await ada.seesMembers('Ada', 'Bob');
  assert.deepEqual(other.errors, []);
});

test('the page remembers the name', async (t) => {
  const {
    visitors: [ada],
  } = await room(t, 'Ada');
  await ada.page.reload();
  assert.equal(await ada.page.getByLabel('Your name').inputValue(), 'Ada');
});

test('what people write stays text', async (t) => {
  const {
    server,
    visitors: [ada],
  } = await room(t, 'Ada');
  const html = '<img src=x onerror="document.title = \'broken\'">';
  const mallory = await ChatVisitor.arrive(t, browser, server.url);
  await mallory.enter('<b>Mal</b>');
  await ada.seesEvent('<b>Mal</b> came in');
  await ada.seesMembers('<b>Mal</b>', 'Ada');
  await mallory.say(html);
  await ada.sees('<b>Mal</b>', html);
  assert.equal(await ada.page.locator('#room img, #room b').count(), 0);
  assert.equal(await ada.page.title(), 'Nano chat');
});

test('new lines scroll into view, except for one who reads further up', async (t) => {
  const {
    visitors: [ada, bob],
  } = await room(t, 'Ada', 'Bob');
  for (let n = 1; n <= 40; n += 1) await bob.say(`line ${n}`);
  await ada.sees('Bob', 'line 40');
  const distance = () =>
    ada.page.locator('#log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  assert.ok((await distance()) < 2, 'at the bottom');

  const newest = ada.page.getByRole('button', { name: 'New messages' });
  await ada.page.locator('#log').evaluate((log) => {
    const scrolled = new Promise((resolve) => log.addEventListener('scroll', resolve, { once: true }));
    log.scrollTop = 0;
    return scrolled.then(() => {});
  });
  await bob.say('line 41');
  await newest.waitFor();
  assert.equal(await ada.page.locator('#log').evaluate((log) => log.scrollTop), 0);
  await newest.click();
  assert.ok((await distance()) < 2, 'at the bottom again');
  await newest.waitFor({ state: 'hidden' });
});

test('when the server restarts, pages come back by themselves', async (t) => {
  const {
    server,
    visitors: [ada, bob],
  } = await room(t, 'Ada', 'Bob');
  await ada.say('before');
  for (const visitor of [ada, bob]) await visitor.sees('Ada', 'before');
  assert.equal(await server.stop(), 0, 'the server ends with exit code 0');
  await ada.seesConnection('reconnecting');
  await bob.seesConnection('reconnecting');

  const again = await ExampleServer.start('NANO_CHAT', server.port);
  t.after(() => again.stop());
  await ada.seesConnection('open');
  await bob.seesConnection('open');
  await ada.seesMembers('Ada', 'Bob');
  await bob.seesMembers('Ada', 'Bob');
  await bob.say('after');
  await ada.sees('Bob', 'after');
  await ada.seesMessages('before', 'after');
  assert.deepEqual([...ada.errors, ...bob.errors], []);
});

test('a server that cannot be reached is explained in words', async (t) => {
  const { server } = await room(t);
  const ada = await ChatVisitor.arrive(t, browser, server.url);
  await server.stop();
  await ada.submitName('Ada');
  await ada.seesAlert('cannot be reached');
});

for (const [device, viewport] of Object.entries({ desktop, phone })) {
  for (const colorScheme of ['light', 'dark']) {
    test(`the page fits a ${device} in ${colorScheme} colours`, async (t) => {
      const {
        server,
        visitors: [bob, cleo],
      } = await room(t, 'Bob', 'Cleo with a long name');
      const ada = await ChatVisitor.arrive(t, browser, server.url, { viewport, colorScheme });
      await ada.screenshot(`welcome-${device}-${colorScheme}`);
      await bob.say('Has anybody tried the new tadpole pond yet?');
      await bob.say('It runs at twenty ticks a second.');
      await cleo.sees('Bob', 'It runs at twenty ticks a second.');
      await cleo.say('Not yet. https://example.com/' + 'a-long-address-without-a-break/'.repeat(5));
      await ada.enter('Ada');
      await ada.say('Let us meet there 🐸');
      await ada.sees('Ada', 'Let us meet there 🐸');
      if (device === 'phone') {
        await ada.page.getByRole('button', { name: '3 here' }).click();
        await ada.page.getByRole('heading', { name: 'In the room' }).waitFor();
      }
      await ada.screenshot(`room-${device}-${colorScheme}`);

      const overflow = await ada.page.evaluate(() => {
        const page = document.documentElement;
        const input = document.getElementById('text').getBoundingClientRect();
        return {
          sideways: page.scrollWidth > page.clientWidth,
          downwards: page.scrollHeight > page.clientHeight,
          inputVisible: input.bottom <= window.innerHeight && input.right <= window.innerWidth,
        };
      });
      assert.deepEqual(overflow, { sideways: false, downwards: false, inputVisible: true });
    });
  }
}
