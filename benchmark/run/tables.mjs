// The results as tables of texts: arrays of rows of cells, the first the header.
import { environmentLines } from './environment.mjs';
import { formatNumber, formatRatio, formatTarget, formatValue } from './format.mjs';

export const header = ['row', 'figure', 'ours', 'limit', 'ratio', 'target', 'reached'];

function reachedText(line) {
  if (line.problem) return 'FAILED';
  return line.reached === null ? '' : line.reached ? 'yes' : 'NO';
}

/** The line of a figure; `label` says which row it is of. */
export function cellsOf(label, line) {
  const figure = line.subject === 'ours' ? line.figure : `${line.figure}, ${line.subject}`;
  const against = formatValue(line.against_value, line.unit);
  const other = line.against !== 'limit' && line.against_value !== null ? ` (${line.against})` : '';
  const compared = [`${against}${other}`, formatRatio(line.ratio)];
  const value = formatValue(line.value, line.unit);
  return [label, figure, value, ...compared, formatTarget(line), reachedText(line)];
}

/** All that is not a peer's; `labelOf` a row is what its first cell says. */
export function ownCells(rows, labelOf) {
  const lines = rows.flatMap((row) => row.lines.filter((line) => !line.peer).map((line) => [row, line]));
  return [header, ...lines.map(([row, line]) => cellsOf(labelOf(row), line))];
}

const peerMarks = [
  '* over WebSocket, and compared with the limit server over WebSocket',
  '! with failures: messages lost or answered wrong; results.json has the sentences',
];

/** What the marks in these cells mean. */
export const peerMarksOf = (cells) =>
  peerMarks.filter((mark) => cells.some((row) => row.some((cell) => cell.includes(` ${mark[0]}`))));

function peerCell(row, line) {
  if (!line) return '';
  if (line.value === null) return 'FAILED';
  const ratio = line.unit === 'bytes' ? null : `${formatNumber(line.ratio?.median)} ×`;
  const elsewhere = line.peer && line.transport !== row.transport;
  return `${ratio ?? formatValue(line.value, line.unit)}${elsewhere ? ' *' : ''}${line.problem ? ' !' : ''}`;
}

/** Rows against peers: ratios to the limit server, and memory as it is. Null without peers. */
export function peerCells(rows, labelOf) {
  const ofPeers = rows.flatMap((row) => row.lines.filter((line) => line.peer));
  if (ofPeers.length === 0) return null;
  const names = ['ours', ...new Set(ofPeers.map((line) => line.subject))];
  const cells = rows.flatMap((row) => {
    const figures = new Set(row.lines.filter((line) => line.peer).map((line) => line.figure));
    return [...figures].map((figure) => {
      const lines = names.map((name) =>
        row.lines.find((line) => line.subject === name && line.figure === figure),
      );
      return [labelOf(row), figure, ...lines.map((line) => peerCell(row, line))];
    });
  });
  return [['row', 'figure', ...names], ...cells];
}

const isTarget = (row) => row.lines.some((line) => line.target);
const isCompared = (row) => row.lines.some((line) => line.subject === 'ours' && line.against === 'limit');

/** A label stands at its first line only. */
function once(cells) {
  return cells.map(([label, ...others], i) => [label === cells[i - 1]?.[0] ? '' : label, ...others]);
}

/** For pages: [{ name, title, cells, notes }]; tables without rows are left out. */
export function tablesOf({ environment, rows }) {
  const label = (row) => `\`${row.name}\` ${row.says}`;
  const some = (wanted) => once(ownCells(rows.filter(wanted), label));
  const peers = once(peerCells(rows, label) ?? [[]]);
  const isOfHttp = (row) => row.transport === 'http';
  const ownTable = (row) => isOfHttp(row) || ['io-threads', 'io-uring'].includes(row.name);
  const others = (row) => !isTarget(row) && !ownTable(row);
  const tables = [
    { name: 'targets', title: 'Nano and the limit', cells: some(isTarget) },
    { name: 'more', title: 'More work', cells: some((row) => others(row) && isCompared(row)) },
    { name: 'http', title: 'HTTP', cells: some(isOfHttp) },
    { name: 'io-uring', title: 'io_uring', cells: some((row) => row.name === 'io-uring') },
    { name: 'io-threads', title: 'I/O threads', cells: some((row) => row.name === 'io-threads') },
    { name: 'cluster', title: 'Clusters', cells: some((row) => others(row) && !isCompared(row)) },
    {
      name: 'peers',
      title: 'Nano and the peers',
      cells: peerCells(rows, label) ?? [[]],
      notes: peerMarksOf(peerCells(rows, label) ?? []),
    },
    {
      name: 'machine',
      title: 'The machine',
      cells: [['what', 'which'], ...environmentLines(environment)],
    },
  ];
  return tables.filter(({ cells }) => cells.length > 1);
}
