// Which charts are drawn of the results, by file name.
import { barChart, lineChart } from './chart.mjs';
import { median } from './summary.mjs';
import { formatNumber, formatValue } from './format.mjs';

const percentiles = [
  ['p50', '50 %'],
  ['p90', '90 %'],
  ['p99', '99 %'],
  ['p99_9', '99.9 %'],
  ['p99_99', '99.99 %'],
  ['max', 'longest'],
];

/** Each has the same colour in all charts. */
function allSeries(environment) {
  const peers = Object.keys(environment.peers);
  return ['ours', ...peers, 'limit'].map((name, i) => ({ name, colour: name === 'limit' ? 'grey' : i }));
}

function bars(series, lines, text) {
  return series.flatMap(({ name }, i) => {
    const found = lines.find((one) => one.name === name && one.value > 0);
    return found ? [{ series: i, value: found.value, text: text(found.value) }] : [];
  });
}

function grouped(title, subtitle, all, groups, text, others) {
  const filled = groups.filter(({ lines }) => lines.some(({ value }) => value > 0));
  if (filled.length === 0) return null;
  const shown = filled.flatMap(({ lines }) => lines).filter(({ value }) => value > 0);
  const names = new Set(shown.map(({ name }) => name));
  const series = all.filter(({ name }) => names.has(name));
  const drawn = filled.map(({ name, lines, target }) => ({
    name,
    target: target && { value: target, text: text(target) },
    bars: bars(series, lines, text),
  }));
  return barChart({ title, subtitle, series, groups: drawn, ...others });
}

/** CPU time or latency as ratios to the limit, of ours and of the peers. */
function ratioChart(rows, all) {
  const figures = rows.flatMap((row) => {
    const own = row.lines.filter(
      (line) => line.subject === 'ours' && line.against === 'limit' && line.ratio,
    );
    return own
      .filter((line) => line.unit === 'cpu_s_per_million' || line.unit === 'us')
      .map((line) => [row, line]);
  });
  const groups = figures.map(([row, line]) => {
    const same = row.lines.filter((other) => other.figure === line.figure && other.ratio);
    const name = line.figure === 'CPU' ? row.name : `${row.name}, ${line.figure}`;
    const lines = same.map((other) => ({ name: other.subject, value: other.ratio.median }));
    return { name, target: line.target?.max, lines };
  });
  return grouped(
    'What a message costs, as ratio to the limit server',
    'server CPU per message, or latency where a percentile is named; less is better; logarithmic',
    all,
    groups,
    (value) => `${formatNumber(value)} ×`,
    { reference: { value: 1, name: 'line at 1: the limit server' } },
  );
}

function memoryChart(rows, all) {
  const groups = rows.flatMap((row) => {
    const lines = row.lines.filter((line) => line.unit === 'bytes');
    const own = lines.find((line) => line.subject === 'ours');
    if (!own) return [];
    const all = lines.map((line) => ({ name: line.subject, value: line.value }));
    return [
      {
        name: row.name,
        target: own.target?.max,
        lines: [...all, { name: 'limit', value: own.against_value }],
      },
    ];
  });
  return grouped(
    'Memory of an idle connection',
    "bytes of the server's anonymous memory; less is better; logarithmic",
    all,
    groups,
    (value) => formatValue(value, 'bytes'),
  );
}

function latencies(rounds, name) {
  const runs = rounds.map((round) => round[name]?.results[0]?.latency_us).filter(Boolean);
  return percentiles.map(([field]) => {
    const values = runs.map((latency) => latency[field]).filter(Number.isFinite);
    return values.length > 0 ? median(values) : null;
  });
}

function latencyChart(rows, all) {
  const row = rows.find((one) => one.name === 'open-20k');
  if (!row) return null;
  const curves = all
    .map((one) => ({ ...one, values: latencies(row.peers[one.name]?.rounds ?? row.rounds, one.name) }))
    .filter(({ values }) => values.some((value) => value > 0));
  if (curves.length === 0) return null;
  return lineChart({
    title: 'Latency at 20,000 requests/s over 1000 connections',
    subtitle:
      'from the intended time of each request to its answer, in microseconds; less is better; logarithmic',
    points: percentiles.map(([, name]) => name),
    series: curves,
    format: (value) => `${value.toLocaleString('en-GB')} µs`,
  });
}

function threadsChart(rows, all) {
  const row = rows.find((one) => one.name === 'io-threads');
  const lines = row?.lines.filter((line) => line.figure === 'CPU' && line.value > 0) ?? [];
  if (lines.length === 0) return null;
  const groups = lines.map((line) => ({
    name: line.subject,
    lines: [{ name: 'ours', value: line.value }],
  }));
  groups.push({ name: 'limit', lines: [{ name: 'limit', value: lines[0].against_value }] });
  return grouped(
    'CPU time by the number of I/O threads',
    'CPU seconds of the server per million requests, 1000 connections, 8 in flight; less is better',
    all,
    groups,
    (value) => `${formatNumber(value)} s`,
    { linear: true },
  );
}

/** By file name; what the rows have no figures for is left out. */
export function chartsOf({ environment, rows }) {
  const all = allSeries(environment);
  const charts = {
    'ratios.svg': ratioChart(rows, all),
    'latency.svg': latencyChart(rows, all),
    'memory.svg': memoryChart(rows, all),
    'io-threads.svg': threadsChart(rows, all),
  };
  return Object.fromEntries(Object.entries(charts).filter(([, svg]) => svg !== null));
}
