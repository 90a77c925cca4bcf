// The routes that a server prints and our client, put together by the compiler: from the C++ struct of a
// handler to the TypeScript of a page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { compile } from '../../client-js/test/compiler.mjs';
import { projectWith } from '../../client-js/test/project.mjs';

let printed;
before(() => {
  const program = process.env.NANO_CHAT;
  if (!program) throw new Error('NANO_CHAT must name the chat server program');
  printed = execFileSync(program, ['--print-routes', 'ts'], { encoding: 'utf8', timeout: 20_000 });
});

/** What the compiler says to this program, beside the printed module. */
function compileWithRoutes(t, lines) {
  const project = projectWith(t, ['nano-client']);
  writeFileSync(join(project, 'routes.ts'), printed);
  const head = [
    "import { connect } from 'nano-client';",
    "import type { Message, Routes } from './routes.js';",
    "const client = await connect<Routes>('ws://localhost/nano');",
  ];
  writeFileSync(join(project, 'play.ts'), [...head, ...lines].join('\n'));
  return { ...compile(project, ['play.ts']), firstLine: head.length + 1 };
}

test('a program that keeps to the routes of the server compiles', (t) => {
  const { status, output } = compileWithRoutes(t, [
    "const { members, history } = await client.request('Room.Join', { name: 'Ada' });",
    "const names: string = members.join(', ');",
    'const lines: Message[] = history;',
    "client.notify('Room.Say', { text: names + lines.length });",
    "client.on('onMessage', ({ name, text, time }) => `${name}: ${text} ${time.toFixed(0)}`);",
    "for await (const { name } of client.pushes('onJoin')) name.toUpperCase();",
  ]);
  assert.equal(output, '');
  assert.equal(status, 0);
});

const wrongLines = {
  "client.request('Room.Join', { nmae: 'Ada' });": /'nmae' does not exist in type 'JoinRequest'/,
  "client.request('Room.Join', {});": /Property 'name' is missing in type '{}'/,
  "client.notify('Room.Say', { text: 7 });": /Type 'number' is not assignable to type 'string'/,
  "client.request('Room.Leave', {});": /'"Room\.Leave"' is not assignable/,
  "(await client.request('Room.Join', { name: 'Ada' })).member;": /Property 'member' does not exist/,
  "client.on('onMessage', (m) => m.txt);": /Property 'txt' does not exist on type 'Message'/,
  "client.on('onShout', () => {});": /'"onShout"' is not assignable/,
};

test('a program that does not is told by the compiler what is wrong, and where', (t) => {
  const lines = Object.keys(wrongLines);
  const { status, output, firstLine } = compileWithRoutes(t, lines);
  assert.notEqual(status, 0);
  const errors = output.split(/^(?=play\.ts)/m);
  assert.equal(errors.length, lines.length, output);
  for (const [n, line] of lines.entries()) {
    assert.ok(errors[n].startsWith(`play.ts(${firstLine + n},`), `${line}\n${errors[n]}`);
    assert.match(errors[n], wrongLines[line]);
  }
});
