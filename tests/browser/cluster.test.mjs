import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ChatCluster } from './cluster_nodes.mjs';
import { ClusterVisitor } from './cluster_visitor.mjs';
import { desktop, launchBrowser, phone } from './visitors.mjs';

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

const otherChatNode = (node) => (node === 'chat-1' ? 'chat-2' : 'chat-1');

/** Ada at one gate and Bob at the other, in one room, and the node that serves it. */
async function adaAndBob(t) {
  const cluster = await ChatCluster.start(t);
  const ada = await ClusterVisitor.arrive(t, browser, cluster.url('gate-1'));
  const bob = await ClusterVisitor.arrive(t, browser, cluster.url('gate-2'));
  await ada.enter('Ada');
  await bob.enter('Bob');
  await ada.seesMembers('Ada', 'Bob');
  await bob.seesMembers('Ada', 'Bob');
  const serving = await ada.chatNode();
  await ada.seesWay('gate-1', serving);
  await bob.seesWay('gate-2', serving);
  return { cluster, ada, bob, serving };
}

test('people at different gates talk in one room, and another room is separate', async (t) => {
  const { cluster, ada, bob, serving } = await adaAndBob(t);
  await ada.say('Hello Bob 👋');
  await bob.sees('Ada', 'Hello Bob 👋', serving);
  await bob.say('Hello Ada');
  await ada.sees('Bob', 'Hello Ada', serving);

  const eve = await ClusterVisitor.arrive(t, browser, cluster.url('gate-1'));
  await eve.enter('Eve', 'Garden');
  await eve.seesMembers('Eve');
  await eve.say('Nobody here?');
  await eve.sees('Eve', 'Nobody here?', await eve.chatNode());
  await ada.seesTotals('3 online, 3 messages so far');
  await eve.seesMessages('Nobody here?');
  await ada.seesMessages('Hello Bob 👋', 'Hello Ada');

  await ada.seesNode('gate-1', 'your gate');
  await ada.seesNode('gate-2', '');
  await ada.seesNode('master', '');
  await ada.seesNode(serving, 'serves this room');
  await ada.seesNode(otherChatNode(serving), '');
  assert.deepEqual([...ada.errors, ...bob.errors, ...eve.errors], []);
});

test('rooms are spread over the chat nodes', async (t) => {
  const { cluster } = await adaAndBob(t);
  const nodes = new Set();
  for (let n = 1; nodes.size < 2 && n <= 20; n += 1) {
    const visitor = await ClusterVisitor.arrive(t, browser, cluster.url('gate-2'));
    await visitor.enter('Cleo', `Room ${n}`);
    nodes.add(await visitor.chatNode());
    await visitor.page.close();
  }
  assert.deepEqual([...nodes].sort(), ['chat-1', 'chat-2']);
});

test('when the chat node of a room is killed, another one serves it', async (t) => {
  const { cluster, ada, bob, serving } = await adaAndBob(t);
  await ada.say('before');
  for (const visitor of [ada, bob]) await visitor.sees('Ada', 'before', serving);
  const other = otherChatNode(serving);
  await ada.seesNode(serving, 'serves this room');
  await cluster.kill(serving);
  await ada.seesWay('gate-1', other);
  await bob.seesWay('gate-2', other);
  await ada.seesMembers('Ada', 'Bob');
  await bob.seesMembers('Ada', 'Bob');
  await ada.seesNode(serving, 'gone');
  await ada.seesNode(other, 'serves this room');
  await bob.say('after');
  await ada.sees('Bob', 'after', other);
  await ada.say('still here');
  await bob.sees('Ada', 'still here', other);
  for (const visitor of [ada, bob]) {
    await visitor.seesMessages('before', 'after', 'still here');
    assert.deepEqual(visitor.errors, []);
  }
});

test('what is said while no chat node is there is not lost', async (t) => {
  const { cluster, ada, bob, serving } = await adaAndBob(t);
  for (const node of [otherChatNode(serving), serving]) await cluster.kill(node);
  await ada.say('Can you hear me?');
  await ada.seesUnsaid('Can you hear me?');
  await cluster.startNode('chat', 'chat-3');
  await ada.seesWay('gate-1', 'chat-3');
  await bob.seesWay('gate-2', 'chat-3');
  await ada.page.keyboard.press('Enter');
  await bob.sees('Ada', 'Can you hear me?', 'chat-3');
});

test('a chat node that comes again gets its rooms back, with everybody in them', async (t) => {
  const { cluster, ada, bob, serving } = await adaAndBob(t);
  const other = otherChatNode(serving);
  await cluster.kill(serving);
  await ada.seesWay('gate-1', other);
  await bob.seesWay('gate-2', other);
  await cluster.startNode('chat', serving);
  await ada.seesWay('gate-1', serving);
  await bob.seesWay('gate-2', serving);
  await ada.seesMembers('Ada', 'Bob');
  await ada.say('home again');
  await bob.sees('Ada', 'home again', serving);
});

test('while no chat node is there, people wait in the room', async (t) => {
  const { cluster, ada } = await adaAndBob(t);
  await cluster.kill('chat-1');
  await cluster.kill('chat-2');
  await ada.seesConnection('reconnecting');
  await cluster.startNode('chat', 'chat-3');
  await ada.seesWay('gate-1', 'chat-3');
  await ada.seesMembers('Ada', 'Bob');
});

test('when a gate is killed, its people come back over the other one', async (t) => {
  const { cluster, ada, bob, serving } = await adaAndBob(t);
  await bob.say('before');
  await ada.sees('Bob', 'before', serving);
  await bob.seesNode('gate-2', 'your gate');
  await cluster.kill('gate-2');
  await bob.seesWay('gate-1', serving);
  await ada.seesMembers('Ada', 'Bob');
  await bob.say('after');
  await ada.sees('Bob', 'after', serving);
  await bob.seesNode('gate-2', 'gone');
  await bob.seesMessages('before', 'after');
});

test('when the master is killed, talk goes on, though nobody counts', async (t) => {
  const { cluster, ada, bob, serving } = await adaAndBob(t);
  await cluster.kill('master');
  await ada.say('Who counts now?');
  await bob.sees('Ada', 'Who counts now?', serving);
  await ada.seesTotals('The master does not answer');
});

for (const [device, viewport] of Object.entries({ desktop, phone })) {
  for (const colorScheme of ['light', 'dark']) {
    test(`the page fits a ${device} in ${colorScheme} colours`, async (t) => {
      const { cluster, bob, serving } = await adaAndBob(t);
      const cleo = await ClusterVisitor.arrive(t, browser, cluster.url('gate-1'), { viewport, colorScheme });
      await cleo.screenshot(`cluster-welcome-${device}-${colorScheme}`);
      await bob.say('Has anybody killed a node yet? https://example.com/' + 'a-long-address/'.repeat(6));
      await cleo.enter('Cleo with a long name');
      await cleo.seesNode(serving, 'serves this room');
      await cluster.kill(serving);
      await cleo.seesWay('gate-1', otherChatNode(serving));
      await cleo.seesNode(serving, 'gone');
      await cleo.say('Just now 🐸');
      await cleo.sees('Cleo with a long name', 'Just now 🐸', otherChatNode(serving));
      if (device === 'phone') {
        await cleo.page.getByRole('button', { name: 'here' }).click();
        await cleo.page.getByRole('heading', { name: 'Nodes' }).waitFor();
      }
      await cleo.screenshot(`cluster-room-${device}-${colorScheme}`);

      const overflow = await cleo.page.evaluate(() => {
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
