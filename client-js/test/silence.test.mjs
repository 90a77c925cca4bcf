// In a file of its own, hence a process of its own: the timers of the WebSocket library are mocked too, and
// other tests' connections would not get rid of theirs.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nextPush, nextState, pair } from './pair.mjs';

test('a server counts as gone after two and a half silent intervals, whatever came last', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { client, peer } = await pair(t, { reply: { sys: { heartbeat: 1 } } });
  for (let n = 0; n < 5; n += 1) {
    t.mock.timers.tick(2499);
    peer.push('onTick', n);
    assert.equal(await nextPush(client, 'onTick'), n);
  }
  const closed = nextState(client);
  t.mock.timers.tick(2499);
  assert.equal(client.state, 'open');
  t.mock.timers.tick(1);
  assert.equal((await closed).error.reason, 'heartbeat');
});
