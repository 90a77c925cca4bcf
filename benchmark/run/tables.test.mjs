import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tablesOf } from './tables.mjs';

const environment = { load_average: [0], busy_share: 0, memory_gib: 1, peers: {} };
const line = (subject, against, target = null) => ({
  ...{ figure: 'CPU', unit: 'cpu_s_per_million', subject, against, value: 2, against_value: 1 },
  ...{ ratio: { median: 2, min: 2, max: 2 }, target, reached: null, problem: null, peer: false },
});
const row = (name, transport, ...lines) => ({ name, says: name, transport, lines });
const target = { of: 'ratio', max: 3 };

test('each row stands in one table', () => {
  const rows = [
    row('tcp-1', 'tcp', line('ours', 'limit', target)),
    row('churn', 'tcp', line('ours', 'limit')),
    row('http-handler', 'http', line('ours', 'nginx'), line('ours', 'limit')),
    row('http-file-1k', 'http', line('ours', 'nginx')),
    row('io-uring', 'tcp', line('io_uring', 'epoll')),
    row('io-threads', 'tcp', line('ours', 'limit')),
    row('cluster-1', 'tcp', line('ours', 'Go Nano')),
  ];
  const labels = tablesOf({ environment, rows }).map(({ name, cells }) => [
    name,
    cells.slice(1).map(([label]) => label.split(' ')[0]),
  ]);
  assert.deepEqual(Object.fromEntries(labels), {
    targets: ['`tcp-1`'],
    more: ['`churn`'],
    http: ['`http-handler`', '', '`http-file-1k`'],
    'io-uring': ['`io-uring`'],
    'io-threads': ['`io-threads`'],
    cluster: ['`cluster-1`'],
    machine: ['memory', 'load', 'peers'],
  });
});
