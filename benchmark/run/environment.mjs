// What the figures depend on: the machine, its load, and the versions of everything.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const busyShareMax = 0.1;

function firstLine(program, ...args) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n')[0] : null;
}

/** Of the build that the programs are from; `folder` lies somewhere in it. */
function cmakeSettings(folder) {
  for (let at = path.resolve(folder); at !== path.dirname(at); at = path.dirname(at)) {
    try {
      const cache = readFileSync(path.join(at, 'CMakeCache.txt'), 'utf8');
      return (name) => new RegExp(`^${name}:\\w+=(.*)$`, 'm').exec(cache)?.[1] ?? '';
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return () => '';
}

function revision() {
  const commit = firstLine('git', 'rev-parse', '--short', 'HEAD');
  if (!commit) return 'unknown';
  return firstLine('git', 'status', '--porcelain', '--untracked-files=no')
    ? `${commit} and changes`
    : commit;
}

function cpuTimes() {
  const times = os.cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, { idle }) => sum + idle, 0);
  const all = times.reduce((sum, one) => sum + Object.values(one).reduce((a, b) => a + b), 0);
  return { idle, all };
}

/** The share of the CPUs that others use, over a second. */
async function busyShare() {
  const before = cpuTimes();
  await wait(1000);
  const after = cpuTimes();
  return after.all > before.all ? 1 - (after.idle - before.idle) / (after.all - before.all) : 0;
}

/** `folder`: where the programs are; `peerVersions`: by name. */
export async function environmentOf(folder, peerVersions) {
  const setting = cmakeSettings(folder);
  const cpus = os.cpus();
  return {
    nano: revision(),
    build: setting('CMAKE_BUILD_TYPE') || 'unknown',
    compiler: firstLine(setting('CMAKE_CXX_COMPILER') || 'c++', '--version') ?? 'unknown',
    cpu: `${cpus.length} x ${cpus[0]?.model ?? 'unknown'}`,
    memory_gib: Number((os.totalmem() / 2 ** 30).toFixed(1)),
    kernel: `${os.type()} ${os.release()}`,
    node: process.version,
    go: firstLine('go', 'version') ?? 'not installed',
    load_average: os.loadavg().map((load) => Number(load.toFixed(2))),
    busy_share: Number((await busyShare()).toFixed(3)),
    peers: peerVersions,
  };
}

/** Sentences about what makes the figures doubtful. */
export function warningsOf(environment, { quick }) {
  const warnings = [];
  if (quick) {
    warnings.push('a quick run, with a hundredth of the connections and rates: it measures nothing');
  }
  if (environment.busy_share > busyShareMax) {
    const share = `${Math.round(environment.busy_share * 100)} %`;
    warnings.push(`the machine is busy (${share} of its CPUs): figures measured now are worth little`);
  }
  if (environment.build !== 'Release') {
    warnings.push(`the programs are from a ${environment.build} build: their figures say nothing`);
  }
  return warnings;
}

/** As [name, value] for people. */
export function environmentLines({ load_average, busy_share, memory_gib, peers, ...texts }) {
  return [
    ...Object.entries(texts),
    ['memory', `${memory_gib} GiB`],
    ['load at the start', `${load_average.join(' ')}, ${Math.round(busy_share * 100)} % busy`],
    [
      'peers',
      Object.entries(peers)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ') || 'none',
    ],
  ];
}
