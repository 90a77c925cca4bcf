// The package as its users get it: packed, installed into empty projects, imported in each way there is.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';

import { bundler, compile, nodeNext } from './compiler.mjs';
import { handshakeReply, MemorySocket } from './memory_socket.mjs';
import { emptyProject, packageFolder } from './project.mjs';
import { TestServer } from './server.mjs';

const minifiedBytesMax = 8 * 1024;
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));

let folder;
let packed;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-client-packed-'));
  // Without its scripts: they would build anew what other tests are looking at.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const report = JSON.parse(npm(packageFolder, pack));
  [packed] = Array.isArray(report) ? report : Object.values(report);
});
after(() => rmSync(folder, { recursive: true }));

function npm(cwd, args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function projectWithPackage(t, type) {
  const project = emptyProject(t, type);
  npm(project, ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)]);
  return project;
}

test('the package holds what a user needs, and nothing else', () => {
  assert.deepEqual(packed.files.map(({ path }) => path).sort(), [
    'LICENSE',
    'README.md',
    'dist/index.cjs',
    'dist/index.cjs.map',
    'dist/index.d.cts',
    'dist/index.d.ts',
    'dist/index.js',
    'dist/index.js.map',
    'dist/nano.min.js',
    'dist/nano.min.js.map',
    'package.json',
  ]);
});

test('the manifest says what it must, and names files that exist', () => {
  assert.equal(manifest.private, undefined);
  assert.equal(manifest.dependencies, undefined);
  for (const field of ['description', 'keywords', 'license', 'repository', 'engines', 'types'])
    assert.ok(manifest[field], field);
  const { main, module, types, unpkg, jsdelivr, exports } = manifest;
  const ways = [exports['.'].import, exports['.'].require].flatMap((way) => Object.values(way));
  const named = [main, module, types, unpkg, jsdelivr, exports['./nano.min.js'], ...ways];
  for (const file of named) assert.ok(existsSync(join(packageFolder, file)), file);
});

test(`the build for script tags has less than ${minifiedBytesMax} bytes, compressed`, () => {
  const bytes = gzipSync(readFileSync(join(packageFolder, 'dist/nano.min.js')), { level: 9 }).length;
  assert.ok(bytes < minifiedBytesMax, `${bytes} bytes`);
});

test('source maps bring the sources along', () => {
  for (const file of ['index.js', 'index.cjs', 'nano.min.js']) {
    const code = readFileSync(join(packageFolder, 'dist', file), 'utf8');
    assert.match(code, new RegExp(`//# sourceMappingURL=${file}\\.map\\s*$`));
    const map = JSON.parse(readFileSync(join(packageFolder, 'dist', `${file}.map`), 'utf8'));
    const client = map.sources.findIndex((source) => source.endsWith('src/client.ts'));
    assert.match(map.sourcesContent[client], /export function connect/);
  }
});

const talk = `
  async function main() {
    const client = await connect(process.argv[2], { webSocket: WebSocket });
    const reply = await client.request('Room.Join', { name: 'Ada' });
    const failed = await client.request('Room.Fail').catch((error) => error);
    console.log(reply.members, failed instanceof ResponseError, failed.code);
    client.close();
  }
  main();`;
const programs = {
  'use.mjs': `
    import { connect, ResponseError } from 'nano-client';
    import WebSocket from 'ws';
    ${talk}`,
  'use.cjs': `
    const { connect, ResponseError } = require('nano-client');
    const WebSocket = require('ws');
    ${talk}`,
};

test('installed into an empty project, it can be imported and required', async (t) => {
  const project = projectWithPackage(t);
  // For Node before version 22, which has no WebSocket; a user would install it.
  symlinkSync(join(packageFolder, 'node_modules/ws'), join(project, 'node_modules/ws'));
  const server = await TestServer.start(t);
  for (const [file, code] of Object.entries(programs)) {
    writeFileSync(join(project, file), code);
    const running = promisify(execFile)(process.execPath, [join(project, file), server.url]);
    const peer = await server.open();
    peer.respond((await peer.readMessage()).id, { members: 3 });
    peer.respondWithError((await peer.readMessage()).id, { code: 'full' });
    assert.equal((await running).stdout, '3 true full\n', file);
  }
});

const typedUse = `
  interface Routes {
    handlers: { 'Room.Join': { request: { name: string }; response: { members: number } } };
    pushes: { onMessage: { text: string } };
  }
  async function play(options: ConnectOptions): Promise<number> {
    const client = await connect<Routes>('ws://localhost/nano', options);
    client.on('onMessage', ({ text }) => text.length);
    const { members } = await client.request('Room.Join', { name: 'Ada' });
    // @ts-expect-error: no such member
    await client.request('Room.Join', { nmae: 'Ada' });
    return members;
  }
  export { play };`;
const importing = `import { connect, type ConnectOptions } from 'nano-client'; ${typedUse}`;

test('TypeScript finds its types, however it looks for modules', (t) => {
  const project = projectWithPackage(t);
  writeFileSync(join(project, 'use.mts'), importing);
  writeFileSync(join(project, 'use.cts'), importing);
  const plain = (options) => options.filter((option) => option !== '--verbatimModuleSyntax');
  const withoutDom = (options) => options.map((option) => option.replace(',dom', ''));
  for (const options of [nodeNext, bundler, withoutDom(nodeNext)]) {
    assert.equal(compile(project, ['use.mts'], [...options, '--noEmit']).output, '');
  }
  // A CommonJS module that imports: what it gets must have types for require.
  assert.equal(compile(project, ['use.cts'], [...plain(nodeNext), '--noEmit']).output, '');
});

test('the build for script tags is a global named nano', async () => {
  const socket = new MemorySocket();
  const WebSocket = function () {
    return socket;
  };
  const page = vm.createContext({ WebSocket, TextEncoder, TextDecoder, setTimeout, clearTimeout, console });
  vm.runInContext(readFileSync(join(packageFolder, 'dist/nano.min.js'), 'utf8'), page);
  const esModule = await import('../dist/index.js');
  assert.equal(vm.runInContext('Object.keys(nano).sort().join()', page), Object.keys(esModule).sort().join());

  const state = vm.runInContext("nano.connect('ws://localhost/nano').then((client) => client.state)", page);
  socket.onopen();
  socket.deliver(handshakeReply());
  assert.equal(await state, 'open');
});
