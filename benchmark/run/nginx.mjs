// nginx as one of the servers (servers.mjs): Debian's package with a configuration of ours, as a process of
// ours, which touches nothing of an nginx that the machine may run.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { freeAddresses } from '../../tests/cluster/nodes.mjs';
import { servedFiles, temporaryFolder } from './temporary_folder.mjs';

const program = '/usr/sbin/nginx';
const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;
const errorsMax = 20_000;

// One worker, as Nano has one thread then. What Debian's own nginx.conf has stays: sendfile, tcp_nopush. The
// default of 1000 requests would close connections in the middle of a measurement.
const configuration = (folder, address, files) => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen ${address};
    root ${files};
    location = /http/handler { default_type text/plain; return 200 "${'x'.repeat(64)}"; }
  }
}
`;

async function untilServing(url, child, errors) {
  const late = Date.now() + startTimeoutMs;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`nginx ended: ${errors()}`);
    try {
      await (await fetch(url, { headers: { connection: 'close' } })).text();
      return;
    } catch (error) {
      if (Date.now() > late) throw new Error(`nginx does not serve: ${errors()}`, { cause: error });
      await wait(20);
    }
  }
}

async function start(bound) {
  const folder = temporaryFolder();
  const [address] = await freeAddresses(1);
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, address, servedFiles()));
  const [first, ...rest] = [...bound, program, '-p', folder, '-c', file, '-e', 'stderr'];
  const child = spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close').catch(() => {});
  let errors = '';
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-errorsMax)));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(timer);
  };
  try {
    await untilServing(`http://${address}/1k`, child, () => errors.trim());
  } catch (error) {
    await stop();
    throw error;
  }
  return { addresses: { http: address }, pids: { server: child.pid }, stop };
}

/** `bound`: the command that ends what it starts with the runner. */
export const nginx = (bound) => ({
  unavailable: () =>
    spawnSync(program, ['-v']).status === 0
      ? null
      : 'nginx is not installed; as root: apt-get install nginx, which also starts it as a service',
  start: () => start(bound),
  flags: () => [],
});
