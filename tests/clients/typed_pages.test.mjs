// The pages of the examples keep to the routes of their servers: the compiler says so, with the types that
// the servers print. It looks at the modules that begin with `@ts-check`: those that talk with the server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { compile } from '../../client-js/test/compiler.mjs';
import { emptyProject, packageFolder } from '../../client-js/test/project.mjs';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const looseJavaScript =
  '--ignoreConfig --allowJs --noEmit --target es2022 --lib es2022,dom,dom.iterable --types' +
  ' --module esnext --moduleResolution bundler --strict false';

const pages = [
  { name: 'chat', program: process.env.NANO_CHAT, script: 'chat.js' },
  { name: 'cluster', program: process.env.NANO_CLUSTER, script: 'main.js' },
  { name: 'tadpole', program: process.env.NANO_TADPOLE, script: 'main.js' },
];

for (const { name, program, script } of pages) {
  const folder = join(examples, name, 'web');

  test(`the routes beside the ${name} page are those that its server prints`, () => {
    assert.equal(readFileSync(join(folder, 'routes.d.ts'), 'utf8'), printedBy(program));
  });

  test(`the ${name} page keeps to them`, (t) => {
    const { check } = pageProject(t, folder, script);
    assert.equal(check().output, '');
  });
}

test("the routes of the client's guide are those that the chat prints", () => {
  const guide = join(packageFolder, 'test/guide/routes.ts');
  assert.equal(readFileSync(guide, 'utf8'), printedBy(process.env.NANO_CHAT));
});

test('a page that does not keep to them is told so', (t) => {
  const { project, check } = pageProject(t, join(examples, 'chat', 'web'), 'chat.js');
  const page = join(project, 'chat.js');
  const correct = readFileSync(page, 'utf8');
  const wrong = correct.replace("request('Room.Join', { name })", "request('Room.Join', { nmae: name })");
  assert.notEqual(wrong, correct);
  writeFileSync(page, wrong);
  assert.match(check().output, /'nmae' does not exist in type 'JoinRequest'/);
});

function printedBy(program) {
  return execFileSync(program, ['--print-routes', 'ts'], { encoding: 'utf8', timeout: 20_000 });
}

/** The page with the client beside it, as the server serves them. */
function pageProject(t, folder, script) {
  const project = emptyProject(t);
  cpSync(folder, project, { recursive: true });
  cpSync(join(packageFolder, 'dist'), join(project, 'nano-client'), { recursive: true });
  const options = looseJavaScript.split(' ').flatMap((word) => (word === '--types' ? [word, ''] : [word]));
  return { project, check: () => compile(project, [script], options) };
}
