// Builds dist/: what the package holds, and in dist/modules the single modules, which only tests look at.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

import { bundleDeclarations } from './declarations.mjs';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));

const bundles = [
  { file: 'index.js', format: 'esm' },
  { file: 'index.cjs', format: 'cjs' },
  { file: 'nano.min.js', format: 'iife', globalName: 'nano', minify: true, target: 'es2022' },
];

mkdirSync('dist', { recursive: true });
rmSync('dist/modules', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], { stdio: 'inherit' });

const declarations = bundleDeclarations('dist/modules', 'index', (path) => readFileSync(path, 'utf8'));
const built = new Set(['modules', 'index.d.ts', 'index.d.cts']);
writeFileSync('dist/index.d.ts', declarations);
writeFileSync('dist/index.d.cts', declarations);

const { version, license } = JSON.parse(readFileSync('package.json', 'utf8'));
for (const { file, ...options } of bundles) {
  await build({
    ...options,
    entryPoints: ['src/index.ts'],
    outfile: `dist/${file}`,
    bundle: true,
    target: 'es2022',
    sourcemap: true,
    sourcesContent: true,
    banner: { js: `/* nano-client ${version}, licence ${license} */` },
    logLevel: 'warning',
  });
  built.add(file).add(`${file}.map`);
}

for (const name of readdirSync('dist')) {
  if (!built.has(name)) rmSync(`dist/${name}`, { recursive: true });
}
