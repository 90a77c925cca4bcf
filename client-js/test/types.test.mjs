// Typed routes and the types of the interface, as the compiler sees them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { bundler, compile, nodeNext } from './compiler.mjs';
import { projectWith } from './project.mjs';

const folder = fileURLToPath(new URL('types/', import.meta.url));

for (const [name, options] of Object.entries({ nodeNext, bundler })) {
  test(`right calls compile and wrong ones do not, with modules as in ${name}`, () => {
    const { status, output } = compile(folder, ['typed.ts', 'untyped.ts'], [...options, '--noEmit']);
    assert.equal(output, '');
    assert.equal(status, 0);
  });
}

const wrongCalls = {
  "client.request('Room.Join', { nmae: 'Ada' });": /'nmae' does not exist in type 'JoinRequest'/,
  "client.request('Room.Join', {});":
    /Property 'name' is missing in type '{}' but required in type 'JoinRequest'/,
  "client.request('Room.Join', { name: 7 });": /Type 'number' is not assignable to type 'string'/,
  "client.request('Room.Join');": /Expected 2-3 arguments, but got 1/,
  "client.request('Room.Jion', { name: 'Ada' });":
    /'"Room\.Jion"' is not assignable to parameter of type '"Bench\.Echo" \| .*"Room\.Join"/,
  "client.notify('Room.Say', { text: true });": /Type 'boolean' is not assignable to type 'string'/,
  "client.on('onMessage', (m) => m.txt);": /Property 'txt' does not exist on type 'Message'/,
  "client.on('onMesage', () => {});":
    /'"onMesage"' is not assignable to parameter of type '"onMessage" \| "onStart"'/,
  "(await client.request('Room.Join', { name: 'Ada' })).member;":
    /Property 'member' does not exist on type 'JoinReply'/,
};

test('the compiler names what is wrong with a call, at its line', (t) => {
  const project = projectWith(t, ['nano-client']);
  writeFileSync(`${project}/routes.ts`, readFileSync(`${folder}/routes.ts`));
  const head = [
    "import { connect } from 'nano-client';",
    "import type { Routes } from './routes.js';",
    "const client = await connect<Routes>('ws://localhost/nano');",
  ];
  writeFileSync(`${project}/wrong.ts`, [...head, ...Object.keys(wrongCalls)].join('\n'));
  const { status, output } = compile(project, ['wrong.ts']);
  assert.notEqual(status, 0);
  const errors = output.split(/^(?=wrong\.ts)/m);
  assert.equal(errors.length, Object.keys(wrongCalls).length, output);
  for (const [n, [call, message]] of Object.entries(wrongCalls).entries()) {
    assert.match(errors[n], new RegExp(`^wrong\\.ts\\(${head.length + n + 1},`), call);
    assert.match(errors[n], message, call);
  }
});
