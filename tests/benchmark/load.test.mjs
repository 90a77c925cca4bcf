// The load generator against real servers: each scenario with small counts. Times are not looked at.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test, { after, before } from 'node:test';

import { nobodysAddress } from '../cluster/loopback.mjs';
import { NodeProcess } from '../cluster/nodes.mjs';

const timeoutMs = 60_000;
const small = ['--connections', '5', '--warm-up-s', '0.05', '--seconds', '0.2'];

function program(variable) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} must name the program`);
  return path;
}

const startServer = (variable, flags = []) => NodeProcess.start(program(variable), flags);

async function stop(server) {
  const code = await server.stop();
  assert.equal(code, 0, `the server ended with ${code}:\n${server.errors}`);
}

/** Runs the load generator to its end. */
async function bench(...flags) {
  const load = spawn(program('NANO_BENCH'), flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { out: '', err: '' };
  load.stdout.on('data', (bytes) => (output.out += bytes));
  load.stderr.on('data', (bytes) => (output.err += bytes));
  const [code] = await once(load, 'close');
  return { code, ...output };
}

async function measure(server, transport, ...flags) {
  const address = transport === 'tcp' ? server.tcpAddress : server.websocketUrl;
  const target = ['--address', address, '--transport', transport];
  const result = await bench(...flags, ...target, '--pid', `server=${server.pid}`, '--json');
  assert.equal(result.err, '');
  assert.equal(result.code, 0);
  return JSON.parse(result.out);
}

const servers = {};

before(async () => {
  servers.ours = await startServer('NANO_BENCH_SERVER');
  servers.limit = await startServer('NANO_BENCH_LIMIT');
});

after(async () => {
  for (const server of Object.values(servers)) await stop(server);
});

const works = {
  'requests, one in flight': ['request'],
  'requests, eight in flight': ['request', '--in-flight', '8'],
  'requests of one byte': ['request', '--payload-bytes', '1'],
  'large requests': ['request', '--payload-bytes', '60000', '--in-flight', '4'],
  'requests with protobuf': ['request', '--route', 'Bench.PingPong', '--payload', 'ping'],
  'requests with JSON': ['request', '--route', 'Bench.Json', '--payload', 'json'],
  'notifies answered with pushes': ['notify', '--in-flight', '4'],
  'notifies of bytes': ['notify', '--route', 'Bench.Echo', '--push', 'onEcho', '--payload', 'raw'],
  'an open loop': ['open', '--rate', '500'],
  'broadcasts one by one': ['broadcast'],
  'broadcasts at a rate': ['broadcast', '--rate', '100'],
  'connections that come and go': ['churn'],
  'paced clients': ['paced'],
};

for (const name of ['ours', 'limit']) {
  for (const transport of ['tcp', 'websocket']) {
    for (const [work, flags] of Object.entries(works)) {
      if (name === 'limit' && flags.includes('json')) continue; // it knows no JSON
      test(`${work}, with ${name} over ${transport}`, { timeout: timeoutMs }, async () => {
        const result = await measure(servers[name], transport, ...flags, ...small);
        assert.equal(result.scenario, flags[0]);
        assert.equal(result.connections, 5);
        const figures = JSON.stringify(result);
        assert.ok(result.messages > 0, figures);
        assert.equal(result.failed, 0);
        assert.equal(result.lost, 0);
        assert.ok(result.latency_us.p50 > 0 && result.latency_us.p50 <= result.latency_us.max, figures);
        assert.ok(result.processes.server.cpu_s > 0, figures);
        assert.ok(result.cpu_s_per_million > 0 && result.own_cpu_s_per_million > 0, figures);
      });
    }

    test(`memory of idle connections of ${name} over ${transport}`, { timeout: timeoutMs }, async () => {
      const flags = ['idle', '--connections', '200', '--warm-up-s', '0.1'];
      const result = await measure(servers[name], transport, ...flags);
      assert.equal(typeof result.bytes_per_connection, 'number');
      assert.ok(result.processes.server.anonymous_kib > 0, JSON.stringify(result));
    });
  }
}

for (const name of ['ours', 'limit']) {
  for (const in_flight of ['1', '4']) {
    test(`HTTP requests, ${in_flight} in flight, with ${name}`, { timeout: timeoutMs }, async () => {
      const http = ['--dialect', 'http', '--path', '/http/handler', '--body-bytes', '64'];
      const flags = ['request', ...http, '--in-flight', in_flight, ...small];
      const result = await measure(servers[name], 'websocket', ...flags);
      assert.ok(result.messages > 0, JSON.stringify(result));
      assert.deepEqual([result.failed, result.lost], [0, 0]);
    });
  }
}

test('HTTP answers of another length are told', { timeout: timeoutMs }, async () => {
  const flags = ['--dialect', 'http', '--path', '/http/handler', '--body-bytes', '63', ...small];
  const result = await bench('request', '--address', servers.ours.websocketUrl, ...flags);
  assert.equal(result.code, 1);
  assert.match(result.err, /^nano-bench: .* \/http\/handler has 64 bytes, not the 63 of --body-bytes/);
});

for (const backend of ['epoll', 'io_uring']) {
  test(`echoes over ${backend}`, { timeout: timeoutMs }, async (t) => {
    const check = spawnSync(program('NANO_BENCH_ECHO'), [backend, '--check'], { encoding: 'utf8' });
    if (check.status === 3) {
      assert.match(check.stderr, /^nano-bench-echo: .*(io_uring|liburing)/);
      return t.skip(check.stderr.trim());
    }
    const server = await startServer('NANO_BENCH_ECHO', [backend]);
    try {
      for (const bytes of ['56', '20000']) {
        const flags = ['request', '--dialect', 'echo', '--payload-bytes', bytes, ...small];
        const result = await measure(server, 'tcp', ...flags);
        assert.ok(result.messages > 0, JSON.stringify(result));
        assert.deepEqual([result.failed, result.lost], [0, 0]);
      }
    } finally {
      await stop(server);
    }
  });
}

test('an open loop sends all that is due', { timeout: timeoutMs }, async () => {
  const flags = ['--rate', '1000', '--connections', '3', '--warm-up-s', '0.1', '--seconds', '0.5'];
  const result = await measure(servers.ours, 'tcp', 'open', ...flags);
  assert.equal(result.messages, 500);
  assert.ok(result.sent_late_us.max <= result.latency_us.max, JSON.stringify(result));
});

test('each of a crowd gets each broadcast', { timeout: timeoutMs }, async () => {
  const flags = ['--rate', '50', '--connections', '7', '--warm-up-s', '0.1', '--seconds', '0.5'];
  const result = await measure(servers.ours, 'tcp', 'broadcast', ...flags);
  assert.equal(result.messages, 25 * 7);
});

test('idle connections live on by their heartbeats', { timeout: timeoutMs }, async () => {
  const server = await startServer('NANO_BENCH_SERVER', ['--heartbeat', '2']);
  try {
    // The server closes who is silent for six seconds.
    const result = await measure(server, 'tcp', 'idle', '--connections', '20', '--warm-up-s', '6.5');
    assert.equal(result.failed, 0);
  } finally {
    await stop(server);
  }
});

test('figures for people without --json', { timeout: timeoutMs }, async () => {
  const result = await bench('request', '--address', servers.ours.tcpAddress, ...small);
  assert.match(result.out, /^request: nano over tcp, 5 connections, 1 in flight each\n\d+ messages in /);
  assert.equal(result.code, 0);
});

test('a wrong flag is exit code 2 and a sentence', { timeout: timeoutMs }, async () => {
  const result = await bench('open', '--address', '127.0.0.1:1');
  assert.deepEqual(result, {
    code: 2,
    out: '',
    err: 'nano-bench: the scenario open needs --rate, the requests per second of all connections\n',
  });
});

test('error answers are exit code 1, with the figures and a sentence', { timeout: timeoutMs }, async () => {
  const flags = ['--route', 'Bench.Nothing', '--address', servers.ours.tcpAddress, '--json', ...small];
  const result = await bench('request', ...flags);
  assert.equal(result.code, 1);
  assert.match(result.err, /^nano-bench: the server answered with an error: .*unknown_route/);
  assert.ok(JSON.parse(result.out).failed > 0, result.out);
});

test('a process that is not there is told', { timeout: timeoutMs }, async () => {
  const gone = spawn(process.execPath, ['-e', '0']);
  await once(gone, 'exit');
  const flags = ['--address', servers.ours.tcpAddress, '--pid', `gone=${gone.pid}`];
  const result = await bench('request', ...flags, ...small);
  assert.equal(result.code, 1);
  assert.match(result.err, /^nano-bench: there is no process \d+/);
});

/** A TCP server that does this with each connection. */
async function listen(onConnection) {
  const server = createServer((socket) => {
    socket.on('error', () => {}); // the load generator leaves without reading all
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `127.0.0.1:${server.address().port}` };
}

test('no server is told', { timeout: timeoutMs }, async () => {
  const result = await bench('request', '--address', nobodysAddress, ...small);
  assert.deepEqual(result, {
    code: 1,
    out: '',
    err: `nano-bench: connecting to ${nobodysAddress} failed: Connection refused\n`,
  });
});

test('a server that hangs up is told', { timeout: timeoutMs }, async () => {
  const { server, address } = await listen((socket) => socket.resume().end());
  try {
    const result = await bench('request', '--address', address, ...small);
    assert.equal(result.code, 1);
    assert.match(result.err, /^nano-bench: the (server at|connection to) 127\.0\.0\.1:\d+ (closed|broke)/);
  } finally {
    server.close();
  }
});

test('a server of another kind is told', { timeout: timeoutMs }, async () => {
  const { server, address } = await listen((socket) => socket.resume().write('220 smtp ready\r\n'));
  try {
    const result = await bench('request', '--address', address, ...small);
    assert.equal(result.code, 1);
    assert.equal(result.err, 'nano-bench: the server sent a bad packet: unknown packet type\n');
  } finally {
    server.close();
  }
});

/** Speaks the protocol, but answers data with what `answer` makes of it. */
function fakeServer(answer) {
  const body = Buffer.from('{"code":200,"sys":{"heartbeat":0}}');
  return listen((socket) => {
    let shookHands = false;
    socket.on('data', (bytes) => {
      if (!shookHands) socket.write(Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]));
      else answer(socket, bytes);
      shookHands = true;
    });
  });
}

test('other bytes than those that were sent are told', { timeout: timeoutMs }, async () => {
  const { server, address } = await fakeServer((socket, bytes) => {
    if (bytes.length > 4) socket.write(Buffer.from([4, 0, 0, 3, 4, 1, 120])); // more than the ack
  });
  try {
    const result = await bench('request', '--address', address, ...small);
    assert.equal(result.code, 1);
    assert.match(result.err, /^nano-bench: the server answered something else than what was sent\n/);
  } finally {
    server.close();
  }
});

test('requests that are never answered are lost', { timeout: timeoutMs }, async () => {
  const { server, address } = await fakeServer(() => {});
  try {
    const flags = ['--rate', '100', '--address', address, '--json', ...small];
    const result = await bench('open', ...flags);
    assert.equal(result.code, 1);
    const { lost, seconds } = JSON.parse(result.out);
    assert.equal(lost, 25);
    assert.ok(seconds < 5, `${seconds} s: the wait for answers, 5 s, is not part of the measured time`);
  } finally {
    server.close();
  }
});
