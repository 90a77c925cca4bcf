// The peers: servers that people would pick instead, each behind the same few words for who measures them.
//
//   scenarios            scenarios of nano-bench that it can do -> transports, the better one first
//   available()          null, or the sentence that says why it cannot run here
//   install(folder)      installs its npm packages, or builds it into `folder`, which must be the same later
//   start({transport})   a started server: pid, addresses { tcp, websocket } as far as it has them, version,
//                        stop()
//   flags(scenario)      what nano-bench needs to talk to it, besides --address and --transport
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { ServerProcess } from './server_process.mjs';

const folderOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const nodeMajor = Number(process.versions.node.split('.')[0]);

/** Throws what the program said where it fails. */
async function run(program, args, folder) {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  const command = `${program} ${args.join(' ')}`;
  if (code !== 0) throw new Error(`${command} failed in ${folder}:\n${output.slice(-4000)}`);
}

/** npm writes this file last, so it says when, and whether, all packages were installed. */
function packagesAreInstalled(folder) {
  const changed = (file) => statSync(path.join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return changed('node_modules/.package-lock.json') >= changed('package-lock.json');
}

function nodePeer(name, { nodeMin, scenarios, flags }) {
  const folder = folderOf(name);
  return {
    scenarios,
    async available() {
      if (nodeMajor >= nodeMin) return null;
      return `it needs Node ${nodeMin} or newer, and this is Node ${nodeMajor}`;
    },
    async install() {
      if (packagesAreInstalled(folder)) return;
      await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
    },
    start() {
      const args = [path.join(folder, 'server.mjs'), '--end-with-input'];
      return ServerProcess.start(process.execPath, args, { NODE_ENV: 'production' });
    },
    flags,
  };
}

function goNano() {
  let program;
  return {
    scenarios: everywhere('tcp', 'websocket'),
    async available() {
      return spawnSync('go', ['version']).status === 0 ? null : 'Go is not installed';
    },
    async install(folder) {
      mkdirSync(folder, { recursive: true });
      program = path.resolve(folder, 'go-nano');
      const own = `${program}.${process.pid}`; // others may build, and run, the same at the same time
      await run('go', ['build', '-o', own, '.'], folderOf('go-nano'));
      renameSync(own, program);
    },
    start({ transport }) {
      if (!program) throw new Error('go-nano has to be installed first');
      const args = transport === 'websocket' ? ['-end-with-input', '-websocket'] : ['-end-with-input'];
      return ServerProcess.start(program, args);
    },
    flags: () => [],
  };
}

const scenarioNames = ['request', 'open', 'broadcast', 'idle', 'churn'];
const everywhere = (...transports) => ({
  ...Object.fromEntries(scenarioNames.map((name) => [name, transports])),
  notify: transports,
  paced: transports,
});
const withoutNotifies = (...transports) =>
  Object.fromEntries(scenarioNames.map((name) => [name, transports]));

/** What is sent in the scenarios that send something, where it is not what nano-bench takes by itself. */
function pinusFlags(scenario) {
  if (scenario === 'idle') return [];
  const route = scenario === 'broadcast' ? 'connector.bench.Say' : 'connector.bench.Echo';
  return ['--route', route, '--payload', 'json'];
}

function socketIoFlags(scenario) {
  return ['--dialect', 'socket.io', ...(scenario === 'idle' ? [] : ['--payload', 'json'])];
}

export const peers = {
  'go-nano': goNano(),
  pinus: nodePeer('pinus', {
    nodeMin: 18,
    scenarios: withoutNotifies('tcp', 'websocket'),
    flags: pinusFlags,
  }),
  'socket.io': nodePeer('socket.io', {
    nodeMin: 18,
    scenarios: withoutNotifies('websocket'),
    flags: socketIoFlags,
  }),
  ws: nodePeer('ws', {
    nodeMin: 18,
    scenarios: withoutNotifies('websocket'),
    flags: () => ['--dialect', 'ws'],
  }),
  // Version 0.18 asks for Node 22; it has run with 20 in all that is done here.
  colyseus: nodePeer('colyseus', {
    nodeMin: 20,
    scenarios: withoutNotifies('websocket'),
    flags: () => ['--dialect', 'colyseus'],
  }),
};
