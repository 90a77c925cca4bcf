// Puts the results of the last `./dev bench` into the performance page: its tables, each between the lines
// `<!-- measured: NAME -->` and `<!-- end -->`, and its charts.
//
//   node benchmark/run/write_docs.mjs [folder of the results]
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { tablesOf } from './tables.mjs';
import { markdownTable } from './texts.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = path.join(root, 'docs/performance.md');
const folder = process.argv[2] ?? path.join(root, 'build/benchmark');

const results = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8'));
if (results.quick) {
  console.error('write_docs: these are the results of a quick run, which measures nothing; run ./dev bench');
  process.exit(1);
}
const tables = Object.fromEntries(tablesOf(results).map((table) => [table.name, table]));
const missing = [];
const text = readFileSync(page, 'utf8').replace(
  /(<!-- measured: (\S+) -->\n).*?(<!-- end -->)/gs,
  (all, begin, name, end) => {
    if (tables[name]) return `${begin}\n${markdownTable(tables[name])}\n\n${end}`;
    missing.push(name);
    return all;
  },
);
writeFileSync(page, text);

const charts = path.join(root, 'docs/performance');
mkdirSync(charts, { recursive: true });
for (const name of readdirSync(path.join(folder, 'charts'))) {
  copyFileSync(path.join(folder, 'charts', name), path.join(charts, name));
}
if (missing.length > 0) console.log(`left as they were, as there are no results: ${missing.join(', ')}`);
