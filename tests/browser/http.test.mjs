import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Program } from './program.mjs';
import { Visitor, desktop, launchBrowser, phone } from './visitors.mjs';

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

async function start(t) {
  const program = new Program('NANO_HTTP', ['127.0.0.1:0'], /address=(\S+)/, 'stderr');
  const address = await program.address;
  t.after(() => program.end());
  return { program, url: `http://${address}/` };
}

for (const [name, viewport] of Object.entries({ desktop, phone })) {
  test(`the page shows the time, and goes on (${name})`, async (t) => {
    const { url } = await start(t);
    const visitor = await Visitor.arrive(t, browser, url, { viewport });
    const shown = () => visitor.page.locator('output').textContent();
    await visitor.page.waitForFunction(() => /^\d\d:\d\d:\d\d$/.test(document.querySelector('output').value));
    const first = await shown();
    await visitor.page.waitForFunction((time) => document.querySelector('output').value !== time, first);
    assert.deepEqual(visitor.errors, []);
  });
}

test('what is not there is 404, and another method than GET is answered as well', async (t) => {
  const { url } = await start(t);
  const missing = await fetch(`${url}missing`);
  assert.equal(missing.status, 404);
  const head = await fetch(url, { method: 'HEAD' });
  assert.equal(head.headers.get('content-type'), 'text/html; charset=utf-8');
});

test('a stop ends the streams in good order', async (t) => {
  const { program, url } = await start(t);
  const response = await fetch(`${url}clock`);
  const body = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await body.read();
  assert.match(value, /^data: \d\d:\d\d:\d\d\n\n$/);
  const ended = program.end();
  for (let done = false; !done; ) ({ done } = await body.read()); // rejects when it is broken off
  assert.equal(await ended, 0);
});
