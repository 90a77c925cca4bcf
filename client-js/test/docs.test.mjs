// The client's guide and the package's README: each block of code is part of a program here, and each program
// is compiled or run.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import vm from 'node:vm';

import { RouteDictionary } from '../dist/modules/dictionary.js';
import { encodeMessage, MessageType } from '../dist/modules/message.js';
import { encodePacket, PacketType } from '../dist/modules/packet.js';
import { compile, nodeNext } from './compiler.mjs';
import { handshakeReply, MemorySocket } from './memory_socket.mjs';
import { packageFolder, projectWith } from './project.mjs';
import { startRoom } from './room.mjs';
import { bytes } from './server.mjs';

const guideFolder = fileURLToPath(new URL('guide/', import.meta.url));
const pages = ['README.md', '../docs/client.md'];

/** Each program, and what it shows. */
const programs = {
  'connect.mjs': ['1 in the room', 'Ada: Hello!'],
  'requests.mjs': ['name_taken: Somebody in the room has this name already.', 'the search was called off'],
  'pushes.mjs': ['one', 'Ada has spoken', 'two', 'bye'],
  'reconnect.mjs': [
    ...['connecting', 'open', 'joined', 'reconnecting', 'open', 'joined'],
    ...['said while there was no connection', 'closed', 'kicked: enough'],
  ],
  'serializers.mjs': ['1 2 3'],
  'protobufjs.mjs': ['hello'],
  'bufbuild.mjs': ['90'],
  'own_serializer.mjs': ['plain text'],
  'node.mjs': ['open'],
  'node.cjs': ['1 in the room'],
  'typed.js': ['1 in the room', 'Ada: Hello!'],
  'typed_protobuf.js': [],
  'untyped.js': ['1'],
};
const notPrograms = ['globals.d.ts', 'page.html', 'prelude.mjs', 'routes.ts'];

function blocksOf(page) {
  const text = readFileSync(join(packageFolder, page), 'utf8');
  const blocks = text.matchAll(/^(?:<!-- excerpt: (\S+) -->\n)?```(\w+)\n(.*?)\n```$/gms);
  return [...blocks].map(([, path, language, code]) => ({ path, language, code }));
}

for (const page of pages) {
  test(`each block of code in ${page} is part of a program of the guide`, () => {
    const blocks = blocksOf(page).filter(({ language }) => language !== 'sh');
    assert.ok(blocks.length > 0);
    for (const { path, code } of blocks) {
      assert.match(path ?? '', /^client-js\/test\/guide\//, `no excerpt of a program: ${code}`);
      const program = readFileSync(join(packageFolder, '..', path), 'utf8');
      assert.ok(`\n${program}\n`.includes(`\n${code}\n`), `not in ${path}: ${code}`);
    }
  });
}

test('the programs of the guide compile and show what they should', async (t) => {
  const project = projectWith(t, ['nano-client', 'ws', 'protobufjs', '@bufbuild/protobuf']);
  cpSync(guideFolder, project, { recursive: true });
  const sources = readdirSync(project).filter((name) => name.endsWith('.ts'));
  assert.equal(compile(project, sources, nodeNext).output, '');

  const found = readdirSync(guideFolder).filter((name) => !notPrograms.includes(name));
  assert.deepEqual(found.map((name) => name.replace(/ts$/, 'js')).sort(), Object.keys(programs).sort());

  const env = { ...process.env, GAME_URL: await startRoom(t) };
  for (const [program, shown] of Object.entries(programs)) {
    const run = promisify(execFile)(process.execPath, ['--import', './prelude.mjs', program], {
      cwd: project,
      env,
      timeout: 30_000,
    });
    const { stdout, stderr } = await run;
    assert.equal(stderr, '', program);
    assert.deepEqual(stdout.split('\n').slice(0, -1), shown, program);
  }
});

test('the page of the guide runs with the build for script tags', async () => {
  const html = readFileSync(join(guideFolder, 'page.html'), 'utf8');
  const [, file] = /<script src="([^"]+)">/.exec(html);
  const [, script] = /<script>(.*?)<\/script>/s.exec(html);
  const socket = new MemorySocket();
  const shown = [];
  const page = vm.createContext({
    WebSocket: function () {
      return socket;
    },
    console: { log: (text) => shown.push(text) },
    ...{ TextEncoder, TextDecoder, setTimeout, clearTimeout },
  });
  vm.runInContext(readFileSync(join(packageFolder, 'dist', file), 'utf8'), page);
  const finished = vm.runInContext(script, page);
  const send = (type, id, route, json) => {
    const message = encodeMessage(type, id, route, bytes(json), new RouteDictionary());
    socket.deliver(encodePacket(PacketType.data, message));
  };
  socket.onopen();
  socket.deliver(handshakeReply());
  while (socket.sent.length < 3) await turn();
  assert.match(Buffer.from(socket.sent.at(-1)).toString(), /Room\.Join\{"name":"Ada"\}$/);
  send(MessageType.response, 1, '', '{"name":"Ada","members":["Ada"],"history":[]}');
  await finished;
  send(MessageType.push, 0, 'onMessage', '{"name":"Bob","text":"hi","time":0}');
  assert.deepEqual(shown, ['Bob: hi']);
  assert.match(Buffer.from(socket.sent.at(-1)).toString(), /Room\.Say\{"text":"Hello!"\}$/);
});
