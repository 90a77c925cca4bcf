// The TypeScript compiler, for tests of what it says.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

export const strict = [
  '--ignoreConfig',
  '--strict',
  '--target',
  'es2022',
  '--lib',
  'es2022,dom',
  '--types',
  '',
  '--exactOptionalPropertyTypes',
  '--noUncheckedIndexedAccess',
  '--verbatimModuleSyntax',
];
export const nodeNext = [...strict, '--module', 'nodenext'];
export const bundler = [...strict, '--module', 'esnext', '--moduleResolution', 'bundler'];

/** Compiles these files, named from the folder; gives the exit code and what was printed. */
export function compile(folder, files, options = [...nodeNext, '--noEmit']) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, ...options, ...files], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}
