// A crowd of simulated players for the tadpole pond, and whether the server keeps its rate among them.
//   node crowd.mjs ws://127.0.0.1:3260 --players 500 --seconds 20
// Exit code 0: all players entered, none was lost or sent what it cannot place, and the server ticked at 95 %
// of its rate or more; 1: not so, the reason is on the standard error; 2: the command line is wrong.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { readArguments, usage } from './arguments.mjs';
import { Player } from './player.mjs';
import { report } from './report.mjs';

/** So many players are on their way in at a time. */
const enteringMax = 20;
const roundMs = 50;
const steersPerSecond = 2;
const linesPerSecond = 0.05;
const shareOfRateMin = 0.95;

/** If one fails to enter, nobody goes after it; those on their way still arrive before this throws. */
async function enterAll(players, url) {
  const waiting = players.values();
  let failure;
  const door = async () => {
    for (const player of waiting) {
      if (failure !== undefined) return;
      await player.enter(url).catch((error) => (failure ??= error));
    }
  };
  await Promise.all(Array.from({ length: enteringMax }, door));
  if (failure !== undefined) throw failure;
}

/** In each round some players, taken at random, do something. */
async function swim(players, untilMs) {
  const some = (perSecond) => Math.ceil((players.length * perSecond * roundMs) / 1000 - Math.random());
  const anyone = () => players[Math.floor(Math.random() * players.length)];
  while (performance.now() < untilMs) {
    for (let count = some(steersPerSecond); count > 0; count -= 1) anyone().steer();
    for (let count = some(linesPerSecond); count > 0; count -= 1) anyone().speak();
    await delay(roundMs);
  }
}

function totalOf(players, name) {
  return players.reduce((sum, player) => sum + player[name], 0);
}

function totalsOf(players) {
  const names = ['bytes', 'pushes', 'moves', 'lines', 'strangers'];
  return Object.fromEntries(names.map((name) => [name, totalOf(players, name)]));
}

/** What was counted in `seconds`, between two looks at the server's statistics. */
async function measure(players, seconds) {
  const before = { ...totalsOf(players), stats: await players[0].stats(), atMs: performance.now() };
  await swim(players, before.atMs + seconds * 1000);
  const stats = await players[0].stats();
  const elapsedS = (performance.now() - before.atMs) / 1000;
  const totals = Object.entries(totalsOf(players)).map(([name, total]) => [name, total - before[name]]);
  const ticksPerSecond = (stats.ticks - before.stats.ticks) / elapsedS;
  return { ...Object.fromEntries(totals), elapsedS, stats, ticksPerSecond };
}

/** A sentence about each thing that is not as it should be. */
function complaintsAbout({ lost, strangers, ticksPerSecond, stats }) {
  const rate = `${ticksPerSecond.toFixed(2)} times a second instead of ${stats.tick_hz}`;
  return [
    lost > 0 && `${lost} players were lost.`,
    strangers > 0 && 'The server sent moves of tadpoles that it had not told of.',
    ticksPerSecond < shareOfRateMin * stats.tick_hz && `The server ticked ${rate}.`,
  ].filter(Boolean);
}

async function run({ url, count, seconds }) {
  const players = Array.from({ length: count }, (_, index) => new Player(`Crowd ${index + 1}`));
  const startedMs = performance.now();
  try {
    await enterAll(players, url);
    const enteringS = (performance.now() - startedMs) / 1000;
    const measured = await measure(players, seconds);
    const lost = players.filter((player) => player.isLost).length;
    console.log(report({ count, lost, enteringS, ...measured }));
    return complaintsAbout({ lost, ...measured });
  } finally {
    for (const player of players) player.leave();
  }
}

let wanted;
try {
  wanted = readArguments(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\n${usage}`);
  process.exit(2);
}
if (wanted === undefined) {
  console.log(usage);
  process.exit();
}
try {
  const complaints = await run(wanted);
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`The crowd broke up: ${error.message}`);
  process.exitCode = 1;
}
