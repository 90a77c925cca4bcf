// What is measured: one object for each row of the table.
//
//   name, says     for the command line, and for people
//   transport      tcp, websocket or http
//   steps          runs of nano-bench, each with a fresh server: its scenario and its flags; with `threads`,
//                  the share of the server's first thread is told as main_thread_share, too; with `beside`, a
//                  step of other clients that keep the server busy meanwhile and are not measured
//   sides          what is measured in turns; a side has the name of its column, a server of servers.mjs, and
//                  perhaps flags for it, or a transport of its own
//   subjects       the sides that have a line of the table each; the others are there to compare with
//   figures        numbers that are made of the results of the steps:
//       of(results)  the number
//       against      the side whose number is the 1 of the ratio; none: there is no ratio
//       target       { of: 'ratio' or 'value', max }; none: it is only told
//       peers        whether it is told of the peers, too
//   peers          the scenario that a peer must be able to do to be measured here; none: no peers
//   own_transport  peers only over the transport of the row, as there is a row for the other
//   pairs_max      where more would not tell more

const cpu = (result) => result.cpu_s_per_million;

const ours = { name: 'ours', server: 'ours' };
const limit = { name: 'limit', server: 'limit' };

function cpuFigure(target) {
  return {
    name: 'CPU',
    unit: 'cpu_s_per_million',
    of: ([result]) => cpu(result),
    against: 'limit',
    target: target && { of: 'ratio', max: target },
    peers: true,
  };
}

function percentile(name, field, target) {
  return {
    name,
    unit: 'us',
    of: ([result]) => result.latency_us[field],
    against: 'limit',
    target: target && { of: 'ratio', max: target },
    peers: true,
  };
}

const memoryFigure = (max) => ({
  name: 'memory',
  unit: 'bytes',
  of: ([result]) => result.bytes_per_connection,
  against: 'limit',
  target: { of: 'value', max },
  peers: true,
});

const logicThread = {
  name: 'CPU of the logic thread',
  unit: 'cpu_s_per_million',
  of: ([result]) => cpu(result) * result.main_thread_share,
  against: 'limit',
};

const rate = {
  name: 'messages',
  unit: 'messages_per_s',
  of: ([result]) => result.messages_per_s,
  against: 'limit',
};

function row(name, says, steps, figures, others = {}) {
  return {
    name,
    says,
    transport: 'tcp',
    steps,
    sides: [ours, limit],
    subjects: ['ours'],
    figures,
    ...others,
  };
}

const request = (connections, in_flight) => ({ scenario: 'request', connections, in_flight });
const open = (connections) => ({ scenario: 'open', connections, rate: 20_000 });
const underFloods = {
  ...{ scenario: 'open', connections: 10, rate: 200 },
  beside: { ...request(200, 500), payload_bytes: 1 },
};
const broadcast = { scenario: 'broadcast', connections: 1000 };
const idle = { scenario: 'idle', connections: 10_000 };
const ioThreads = [0, 1, 2].map((count) => ({
  name: `${count} I/O thread${count === 1 ? '' : 's'}`,
  server: 'ours',
  flags: ['--io-threads', String(count)],
}));
const withoutAndWithThread = ioThreads.slice(0, 2);
const echoInCluster = { scenario: 'request', connections: 100, in_flight: 8, route: 'Test.Echo' };
const clusterFigures = [
  { ...cpuFigure(), against: 'Go Nano' },
  { ...rate, against: 'Go Nano' },
];

/** GET requests over 1 and over 100 connections, each with one open. */
function httpRow(name, says, path, body_bytes, others) {
  const steps = [1, 100].map((connections) => ({ ...request(connections, 1), path, body_bytes }));
  const yardsticks = ['nginx', ...others];
  const figures = yardsticks.flatMap((against) =>
    steps.map(({ connections }, i) => ({
      ...cpuFigure(),
      name: `CPU, ${connections} connection${i > 0 ? 's' : ''}${against === 'nginx' ? '' : ', to the limit'}`,
      of: (results) => cpu(results[i]),
      against,
      peers: false,
    })),
  );
  const sides = [ours, ...yardsticks.map((server) => ({ name: server, server }))];
  return row(name, says, steps, figures, { transport: 'http', sides });
}

export const rows = [
  row('tcp-1', 'TCP request, 1000 connections, 1 in flight', [request(1000, 1)], [cpuFigure(1.2)], {
    peers: 'request',
  }),
  row('tcp-8', 'TCP request, 1000 connections, 8 in flight', [request(1000, 8)], [cpuFigure(1.6)], {
    peers: 'request',
    own_transport: true,
  }),
  row(
    'websocket-8',
    'WebSocket request, 1000 connections, 8 in flight',
    [request(1000, 8)],
    [
      cpuFigure(2.2),
      { ...cpuFigure(), name: 'CPU, to the limit over TCP', against: 'limit TCP', peers: false },
    ],
    {
      transport: 'websocket',
      sides: [ours, limit, { name: 'limit TCP', server: 'limit', transport: 'tcp' }],
      peers: 'request',
    },
  ),
  row(
    'notify-protobuf',
    'TCP notify → push with protobuf, 100 connections, 16 in flight',
    [{ scenario: 'notify', connections: 100, in_flight: 16 }],
    [cpuFigure(3.5)],
    { peers: 'notify' },
  ),
  row('broadcast', 'broadcast to 1000 sessions, one after the other', [broadcast], [cpuFigure(1.15)], {
    peers: 'broadcast',
  }),
  row(
    'broadcast-1m',
    '1,000 broadcasts/s to 1000 sessions, none lost: CPU per push to that of one after the other',
    [broadcast, { ...broadcast, rate: 1000 }],
    [
      {
        name: 'CPU, to one after the other',
        unit: 'ratio',
        of: ([alone, together]) => cpu(together) / cpu(alone),
        target: { of: 'value', max: 0.5 },
      },
      { name: '99 %', unit: 'us', of: ([, together]) => together.latency_us.p99 },
    ],
    { sides: [ours] }, // the limit server writes each push by itself, and so falls behind
  ),
  row(
    'open-20k',
    'open loop, 20,000 requests/s over 1000 connections',
    [open(1000)],
    [percentile('99 %', 'p99', 1.5), percentile('99.9 %', 'p99_9', 1.5)],
    { peers: 'open' },
  ),
  ...['tcp', 'websocket'].map((transport) =>
    row(
      `flood-${transport}`,
      '20 requests/s from each of 10 clients, while 200 others keep 500 requests open each',
      [underFloods],
      [
        {
          name: '99 %',
          unit: 'us',
          of: ([result]) => result.latency_us.p99,
          target: { of: 'value', max: 20_000 },
        },
      ],
      { transport, sides: withoutAndWithThread, subjects: withoutAndWithThread.map((side) => side.name) },
    ),
  ),
  row('idle-tcp', 'memory of an idle TCP connection', [idle], [memoryFigure(2048)], {
    peers: 'idle',
    own_transport: true,
    pairs_max: 2,
  }),
  row('idle-websocket', 'memory of an idle WebSocket connection', [idle], [memoryFigure(4096)], {
    transport: 'websocket',
    peers: 'idle',
    pairs_max: 2,
  }),
  row(
    'growth',
    'open loop at 20,000/s: CPU per message over 10,000 connections to that over 100',
    [open(100), open(10_000)],
    [
      {
        name: 'growth',
        unit: 'ratio',
        of: ([few, many]) => cpu(many) / cpu(few),
        against: 'limit',
        target: { of: 'ratio', max: 1.3 },
      },
    ],
  ),
  row(
    'churn',
    'connect, handshake, one request, close; 50 at a time',
    [{ scenario: 'churn', connections: 50 }],
    [cpuFigure()],
    { peers: 'churn' },
  ),
  row(
    'json',
    'TCP request with JSON, 1000 connections, 8 in flight',
    [{ ...request(1000, 8), route: 'Bench.Json', payload: 'json' }],
    [cpuFigure()],
  ),
  row(
    'paced',
    "Go Nano's own benchmark: clients arrive at random, 10 ms between the notifies of each",
    [{ scenario: 'paced', connections: 1000 }],
    [cpuFigure(), percentile('99 %', 'p99'), { ...rate, peers: true }],
    { peers: 'paced' },
  ),
  httpRow('http-handler', 'HTTP request to a handler that makes 64 bytes', '/http/handler', 64, ['limit']),
  httpRow('http-file-1k', 'HTTP request for a file of 1 KiB', '/1k', 1024, []),
  httpRow('http-file-100k', 'HTTP request for a file of 100 KiB', '/100k', 102_400, []),
  row(
    'io-uring',
    'bare echo of 64 bytes, 1000 connections, 1 in flight: io_uring to epoll',
    [{ ...request(1000, 1), dialect: 'echo', payload_bytes: 56 }], // and 8 of the header
    [{ ...cpuFigure(), against: 'epoll', peers: false }],
    {
      sides: [
        { name: 'io_uring', server: 'echo-io_uring' },
        { name: 'epoll', server: 'echo-epoll' },
      ],
      subjects: ['io_uring'],
    },
  ),
  ...[1, 8].map((in_flight) =>
    row(
      `cluster-${in_flight}`,
      `request through a gate to a backend, 100 connections, ${in_flight} in flight`,
      [{ ...echoInCluster, in_flight }],
      clusterFigures,
      {
        sides: [
          { name: 'ours', server: 'cluster' },
          { name: 'Go Nano', server: 'cluster-go' },
        ],
      },
    ),
  ),
  row(
    'cluster-mixed',
    '8 in flight with a gate of ours before a backend of Go Nano, and the other way round',
    [echoInCluster],
    clusterFigures,
    {
      sides: [
        { name: 'gate ours', server: 'cluster-our-gate' },
        { name: 'backend ours', server: 'cluster-our-backend' },
        { name: 'Go Nano', server: 'cluster-go' },
      ],
      subjects: ['gate ours', 'backend ours'],
      pairs_max: 2,
    },
  ),
  row(
    'io-threads',
    'TCP request, 1000 connections, 8 in flight, by the number of I/O threads',
    [{ ...request(1000, 8), threads: true }],
    [cpuFigure(), logicThread, rate],
    { sides: [...ioThreads, limit], subjects: ioThreads.map((side) => side.name) },
  ),
];

/** The same with counts so small that it takes no time. */
export function quickStep(step) {
  const quick = { ...step, connections: Math.max(2, Math.floor(step.connections / 100)) };
  if (step.rate) quick.rate = Math.max(50, step.rate / 100);
  if (step.beside) quick.beside = quickStep(step.beside);
  return quick;
}

/** The flags of nano-bench for a step; where and what it measures comes besides. */
export function flagsOfStep({ scenario, threads, beside, ...values }) {
  const flags = Object.entries(values).map(([name, value]) => [
    `--${name.replaceAll('_', '-')}`,
    String(value),
  ]);
  return [scenario, ...flags.flat()];
}
