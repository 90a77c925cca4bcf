// Measures rows: the sides of each in turns, so that a machine which is faster now and slower then is so for
// all of them, and after that each peer in turns with the side that it is compared with.
import { readdirSync, readFileSync } from 'node:fs';

import { besideLoad, runLoad } from './load.mjs';
import { flagsOfStep, quickStep } from './rows.mjs';
import { linesOf } from './summary.mjs';

// How much longer the clients beside those that are measured go on: these connect while it is busy.
const besideS = 30;

/**
 * Of the CPU time of a process so far, the share of its first thread; in Nano that is the logic thread. NaN
 * when the process is no more.
 */
function mainThreadShare(pid) {
  const tasks = `/proc/${pid}/task`;
  const cpuOf = (thread) => Number(readFileSync(`${tasks}/${thread}/schedstat`, 'utf8').split(' ')[0]);
  try {
    return cpuOf(pid) / readdirSync(tasks).reduce((sum, thread) => sum + cpuOf(thread), 0);
  } catch (error) {
    if (error.code === 'ENOENT') return NaN;
    throw error;
  }
}

/** HTTP is a dialect of its own to nano-bench, over TCP. */
const flagsOfTransport = (transport) =>
  transport === 'http' ? ['--dialect', 'http'] : ['--transport', transport];

/**
 * Runs nano-bench once against a fresh server. The context is the same for all that is measured: `servers` by
 * name (servers.mjs), `load` (the path of nano-bench), `options` (options.mjs), `running` (servers.mjs).
 */
async function measureStep(step, side, transport, { servers, load, options, running }) {
  const kind = servers[side.server];
  let starting;
  const entry = running.add({ stop: async () => (await starting).stop() });
  starting = kind.start({ transport, flags: side.flags });
  let server;
  try {
    server = await starting;
  } catch (error) {
    running.remove(entry);
    return { result: null, problem: `the server does not start: ${error.message.trim()}` };
  }
  try {
    const address = server.addresses[transport];
    if (!address) return { result: null, problem: `the server does not listen for ${transport}` };
    const wanted = options.quick ? quickStep(step) : step;
    const flagsOf = (one, seconds) => [
      ...flagsOfStep(one),
      ...['--address', address, ...flagsOfTransport(transport), '--json'],
      ...['--warm-up-s', String(options.warmUpS), '--seconds', String(seconds)],
      ...kind.flags(one.scenario),
    ];
    const pids = Object.entries(server.pids).flatMap(([name, pid]) => ['--pid', `${name}=${pid}`]);
    const { warmUpS, seconds } = options;
    const measured = () =>
      runLoad(load, [...flagsOf(wanted, seconds), ...pids], warmUpS + seconds, running);
    const beside = wanted.beside && flagsOf(wanted.beside, warmUpS + seconds + besideS);
    const run = beside ? await besideLoad(load, beside, measured, running) : await measured();
    if (step.threads && run.result) run.result.main_thread_share = mainThreadShare(server.pids.server);
    return run;
  } finally {
    await server.stop();
    running.remove(entry);
  }
}

/** The results of all steps, and the first sentence about what went wrong, or null. */
async function measureSide(row, side, context) {
  const results = [];
  const problems = [];
  for (const step of row.steps) {
    const { result, problem } = await measureStep(step, side, side.transport ?? row.transport, context);
    results.push(result);
    if (problem) problems.push(problem);
    if (!result) break;
  }
  return { results, problem: problems[0] ?? null };
}

/** One object by side for each round. A side that gave no results is not tried again. */
async function measureRounds(row, sides, count, context) {
  const rounds = [];
  const given_up = new Set();
  for (let i = 0; i < count; ++i) {
    const round = {};
    for (const side of sides.filter(({ name }) => !given_up.has(name))) {
      round[side.name] = await measureSide(row, side, context);
      if (round[side.name].results.includes(null)) given_up.add(side.name);
    }
    rounds.push(round);
  }
  return rounds;
}

function leftOut(sides, servers) {
  const reasons = sides.map((side) => [side.name, servers[side.server].unavailable()]);
  return Object.fromEntries(reasons.filter(([, why]) => why !== null));
}

/**
 * A peer and what it is compared with. One that has not the transport of the row is measured over the one
 * that it has, and so is the other. Null where it cannot do it at all.
 */
function peerSides(row, name, { servers }) {
  const transports = servers[name].transports(row.peers);
  if (transports.length === 0) return null;
  const transport = transports.includes(row.transport) ? row.transport : transports[0];
  if (row.own_transport && transport !== row.transport) return null;
  const yardsticks = new Set(
    row.figures.filter((figure) => figure.peers).map((figure) => figure.against),
  );
  const others = row.sides.filter((side) => yardsticks.has(side.name));
  return [{ name, server: name }, ...others].map((side) => ({ ...side, transport }));
}

/** Everything about one row, as it goes into results.json. */
export async function measureRow(row, peers, context) {
  const { options, servers } = context;
  const left_out = leftOut(row.sides, servers);
  const sides = row.sides.filter((side) => !(side.name in left_out));
  const rounds = await measureRounds(
    row,
    sides,
    Math.min(options.pairs, row.pairs_max ?? Infinity),
    context,
  );
  const measured_peers = {};
  for (const name of row.peers ? peers : []) {
    const pair = peerSides(row, name, context);
    if (!pair) continue;
    const peerRounds = await measureRounds(row, pair, options.peerPairs, context);
    measured_peers[name] = { transport: pair[0].transport, rounds: peerRounds };
  }
  const measured = {
    name: row.name,
    says: row.says,
    transport: row.transport,
    rounds,
    peers: measured_peers,
  };
  return { ...measured, left_out, lines: linesOf(row, measured, left_out) };
}
