// The codecs that pomelo's and pinus' clients are built on, against the real server, over both transports.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pinus from 'pinus-protocol';
import pomelo from 'pomelo-protocol';

import { FieldClient } from './field_client.mjs';
import { ConformanceServer } from './server.mjs';
import { transports } from './transports.mjs';

const codecs = {
  'pomelo-protocol': pomelo,
  'pinus-protocol': { ...pinus.Protocol, Package: pinus.Package, Message: pinus.Message },
};
/** As protocol.js of starx does it: a character beyond U+FFFF is two sequences of three bytes. */
function encodeHalves(text) {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return Buffer.from(
    units.flatMap((unit) => {
      if (unit < 0x80) return [unit];
      if (unit < 0x800) return [0xc0 | (unit >> 6), 0x80 | (unit & 0x3f)];
      return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
    }),
  );
}
codecs['pomelo-protocol with the texts of starx'] = { ...pomelo, strencode: encodeHalves };

const dictionary = { 'Test.Echo': 1, 'Test.Poke': 2, onPoke: 3 };

let server;
before(async () => {
  server = await ConformanceServer.start();
});
after(async () => {
  if (server) assert.equal(await server.stop(), 0, 'the server ends with exit code 0');
});

const subjects = {
  'the handshake brings heartbeat, dictionary and the user object of the server': async (client) => {
    const { code, sys, user } = await client.shakeHands();
    assert.equal(code, 200);
    assert.ok(sys.heartbeat > 0);
    assert.deepEqual(sys.dict, dictionary);
    assert.deepEqual(user, { greeting: 'hello' });
  },

  'a bad token is refused with code 500, and the connection closed': async (client) => {
    assert.equal((await client.shakeHands({ token: 'bad' })).code, 500);
    await client.closed;
  },

  'the first heartbeat comes right after the acknowledgement, without a body': async (client) => {
    await client.shakeHands();
    assert.equal((await client.heartbeat())?.length ?? 0, 0);
  },

  'a request is answered with the same object': async (client) => {
    await client.shakeHands();
    const body = { text: 'Grüße 玩家', list: [1, -2.5, null, true], nested: { empty: {} } };
    assert.deepEqual(await client.request('Test.Echo', body), { body, isError: false });
  },

  'emoji arrive as they are, and half of one as U+FFFD, in texts and in names': async (client) => {
    await client.shakeHands({ name: '😀 \ud83d' });
    for (const [sent, received] of [
      ['😀 und 玩家', '😀 und 玩家'],
      ['cut \ud83d', 'cut \ufffd'],
      ['\ude00\ud83d', '\ufffd\ufffd'],
    ]) {
      const { body } = await client.request('Test.Check', { text: sent, [sent]: sent });
      assert.deepEqual(body, { text: received });
    }
  },

  'an object larger than one read is echoed whole': async (client) => {
    await client.shakeHands();
    const body = { text: 'x'.repeat(60_000) };
    assert.deepEqual((await client.request('Test.Echo', body)).body, body);
  },

  'many requests in flight are each answered with their own id': async (client) => {
    await client.shakeHands();
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const answers = await Promise.all(numbers.map((n) => client.request('Test.Echo', { n })));
    assert.deepEqual(
      answers.map(({ body }) => body.n),
      numbers,
    );
  },

  'a push has its route in plain until the client has sent a short one': async (client) => {
    await client.shakeHands();
    client.notify('Test.Poke', { text: 'wake up' });
    assert.deepEqual(await client.push('onPoke'), { body: { text: 'wake up' }, compressed: false });
    client.notify('Test.Poke', { text: 'again' }, { compressed: true });
    assert.deepEqual(await client.push('onPoke'), { body: { text: 'again' }, compressed: true });
  },

  'pushes come in the order of the notifies that made them': async (client) => {
    await client.shakeHands();
    const texts = Array.from({ length: 50 }, (_, n) => `poke ${n}`);
    for (const text of texts) client.notify('Test.Poke', { text });
    const pushes = await Promise.all(texts.map(() => client.push('onPoke')));
    assert.deepEqual(
      pushes.map(({ body }) => body.text),
      texts,
    );
  },

  'compressed routes are understood in requests and notifies': async (client) => {
    await client.shakeHands();
    const { body } = await client.request('Test.Echo', { n: 1 }, { compressed: true });
    assert.deepEqual(body, { n: 1 });
    client.notify('Test.Poke', { text: 'short' }, { compressed: true });
    assert.deepEqual((await client.push('onPoke')).body, { text: 'short' });
  },

  'a request that fails is answered with code and msg': async (client) => {
    await client.shakeHands();
    const { body, isError } = await client.request('Test.Fail', {});
    assert.deepEqual(
      { code: body.code, msg: body.msg, isError },
      { code: 'teapot', msg: 'I am a teapot', isError: true },
    );
  },

  'a handler that throws is answered as an internal error, and the session goes on': async (client) => {
    await client.shakeHands();
    const { body, isError } = await client.request('Test.Throw', {});
    assert.deepEqual({ code: body.code, isError }, { code: 'internal', isError: true });
    assert.deepEqual((await client.request('Test.Echo', { n: 2 })).body, { n: 2 });
  },

  'a request to a route that does not exist is answered with an error': async (client) => {
    await client.shakeHands();
    const { body, isError } = await client.request('Nobody.Home', {});
    assert.equal(isError, true);
    assert.equal(typeof body.code, 'string');
    assert.equal(typeof body.msg, 'string');
  },

  'a kick comes after the response that was sent before it, with its reason, and closes': async (client) => {
    await client.shakeHands();
    const kick = client.kick();
    assert.equal((await client.request('Test.Kick', { reason: 'enough' })).isError, false);
    assert.deepEqual(await kick, { reason: 'enough' });
    await client.closed;
  },
};

for (const [codecName, codec] of Object.entries(codecs)) {
  for (const [transportName, transport] of Object.entries(transports)) {
    for (const [subject, check] of Object.entries(subjects)) {
      test(`${codecName} over ${transportName}: ${subject}`, async (t) => {
        const client = await FieldClient.open(codec, transport, server);
        t.after(() => client.close());
        await check(client);
      });
    }
  }
}
