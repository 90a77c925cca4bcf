// Measures Nano, the limit server and the peers, and reports. `./dev bench --help` says how to use it.
//
// NANO_BENCH_PROGRAMS names the folder with the programs of another build than build/release/benchmark.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { chartsOf } from './charts.mjs';
import { environmentLines, environmentOf, warningsOf } from './environment.mjs';
import { measureRow } from './measure.mjs';
import { parseOptions, usage, UsageError } from './options.mjs';
import { installPeers, peerNames } from './peers.mjs';
import { reportPage } from './report.mjs';
import { ownServers, programPath, Running, Stopped } from './servers.mjs';
import { wentWell } from './summary.mjs';
import { markdownText, progressHeader, progressOf, terminalText } from './texts.mjs';

const build = fileURLToPath(new URL('../../build', import.meta.url));

function stopOnSignals(running) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, async () => {
      console.error(`\n${signal}: stopping the servers`);
      await running.stopAll();
      process.exit(code);
    });
  }
}

function write(folder, results) {
  const charts = chartsOf(results);
  rmSync(path.join(folder, 'charts'), { recursive: true, force: true });
  mkdirSync(path.join(folder, 'charts'), { recursive: true });
  for (const [name, svg] of Object.entries(charts)) writeFileSync(path.join(folder, 'charts', name), svg);
  writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(path.join(folder, 'results.md'), markdownText(results));
  writeFileSync(path.join(folder, 'report.html'), reportPage(results, charts));
}

async function run(options) {
  const programs = path.resolve(process.env.NANO_BENCH_PROGRAMS ?? path.join(build, 'release/benchmark'));
  const output = path.resolve(options.output || path.join(build, 'benchmark'));
  const running = new Running();
  stopOnSignals(running);
  const load = programPath(programs, 'nano-bench');
  const peers = await installPeers(options.peers, path.join(build, 'benchmark/peers'));
  for (const why of peers.left_out) console.log(`without ${why}`);
  const environment = await environmentOf(programs, peers.versions);
  const warnings = warningsOf(environment, options);
  for (const [name, value] of environmentLines(environment)) console.log(`${name.padEnd(18)} ${value}`);
  for (const warning of warnings) console.log(`warning: ${warning}`);

  const servers = { ...ownServers(programs), ...peers.servers };
  const { pairs, seconds } = options;
  const results = {
    started_at: new Date().toISOString(),
    quick: options.quick,
    pairs,
    seconds,
    environment,
    warnings,
    rows: [],
  };
  console.log(`\n${progressHeader()}`);
  for (const row of options.rows) {
    const measured = await measureRow(row, Object.keys(peers.servers), {
      servers,
      load,
      options,
      running,
    });
    results.rows.push(measured);
    console.log(progressOf(measured));
    write(output, results); // after each row: who stops it early has what was measured until then
  }
  console.log(`\n${terminalText(results)}\n\nwritten: ${path.join(output, 'report.html')}`);
  return results.rows.every(wentWell) ? 0 : 1;
}

try {
  const options = parseOptions(process.argv.slice(2), peerNames);
  if (options.help) console.log(usage);
  else process.exitCode = await run(options);
} catch (error) {
  const wrongFlags = error instanceof UsageError;
  // Whoever stopped it ends the process.
  if (!(error instanceof Stopped)) {
    console.error(`bench: ${error.message}${wrongFlags ? '; see --help' : ''}`);
  }
  process.exitCode = wrongFlags ? 2 : 1;
}
