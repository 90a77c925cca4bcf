// The results as tables, for a terminal and in Markdown.
import { environmentLines } from './environment.mjs';

const units = {
  cpu_s_per_million: 's/M',
  us: 'µs',
  bytes: 'B',
  messages_per_s: '/s',
  ratio: '×',
};

/** Three digits that count, thousands apart. */
export function formatNumber(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-GB');
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return size > 0 && size < 0.1 ? value.toPrecision(2) : value.toFixed(digits);
}

export function formatValue(value, unit) {
  if (value === null) return '–';
  return unit === 'ratio' ? `${formatNumber(value)} ×` : `${formatNumber(value)} ${units[unit]}`;
}

function formatRatio(ratio) {
  if (!ratio) return '–';
  return `${formatNumber(ratio.median)} × (${formatNumber(ratio.min)}..${formatNumber(ratio.max)})`;
}

function formatTarget({ target, unit }) {
  if (!target) return '';
  return target.of === 'ratio' ? `≤ ${target.max} ×` : `≤ ${formatValue(target.max, unit)}`;
}

function formatReached(line) {
  if (line.problem) return 'FAILED';
  return line.reached === null ? '' : line.reached ? 'yes' : 'NO';
}

function measuredName(line) {
  return line.subject === 'ours' ? line.figure : `${line.figure}, ${line.subject}`;
}

function formatAgainst(line) {
  const value = formatValue(line.against_value, line.unit);
  return line.against === 'limit' || line.against_value === null ? value : `${value} (${line.against})`;
}

const header = ['row', 'figure', 'ours', 'limit', 'ratio', 'target', 'reached'];

function cellsOf(row, line) {
  const value = formatValue(line.value, line.unit);
  const compared = [formatAgainst(line), formatRatio(line.ratio)];
  return [row.name, measuredName(line), value, ...compared, formatTarget(line), formatReached(line)];
}

function ownCells(rows) {
  return rows.flatMap((row) => row.lines.filter((line) => !line.peer).map((line) => cellsOf(row, line)));
}

/** Rows against peers: the ratio to the limit server, or the value where there is none. */
function peerCells(rows) {
  const lines = rows.flatMap((row) => row.lines.map((line) => ({ row, line })));
  const names = [...new Set(lines.filter(({ line }) => line.peer).map(({ line }) => line.subject))];
  if (names.length === 0) return null;
  const shown = lines.filter(({ row, line }) => {
    const peers = row.lines.some((other) => other.peer && other.figure === line.figure);
    return line.subject === 'ours' && peers;
  });
  const cell = (row, figure, name) => {
    const line = row.lines.find((other) => other.subject === name && other.figure === figure);
    if (!line) return '';
    if (line.value === null) return 'FAILED';
    const text =
      line.unit === 'bytes' ? formatValue(line.value, 'bytes') : `${formatNumber(line.ratio?.median)} ×`;
    const marks = [
      line.problem ? '!' : '',
      line.peer && line.transport !== row.transport ? '*' : '',
    ].join('');
    return marks ? `${text} ${marks}` : text;
  };
  const cells = shown.map(({ row, line }) => {
    const values = ['ours', ...names].map((name) => cell(row, line.figure, name));
    return [row.name, line.figure, ...values];
  });
  return [['row', 'figure', 'ours', ...names], ...cells];
}

export const peerMarks = [
  ['*', 'over WebSocket, compared with the limit server over WebSocket'],
  ['!', 'with failures: messages lost or answered wrong; the sentences are in results.json'],
];

function columnWidths(cells) {
  return cells[0].map((_, column) => Math.max(...cells.map((row) => [...row[column]].length)));
}

function padded(cells, widths = columnWidths(cells)) {
  const pad = (text, width) => text + ' '.repeat(Math.max(0, width - [...text].length));
  return cells.map((row) =>
    row
      .map((text, i) => pad(text, widths[i]))
      .join('  ')
      .trimEnd(),
  );
}

const terminalWidths = [16, 27, 14, 21, 24, 12, 7];

export const terminalHeader = () => padded([header], terminalWidths)[0];

/** What a finished row has to say on a terminal, with its problems. */
export function terminalLines(row) {
  const lines = padded(
    row.lines.map((line) => cellsOf(row, line)),
    terminalWidths,
  );
  const notes = Object.entries(row.left_out).map(
    ([name, why]) => `  ${row.name}: without ${name}: ${why}`,
  );
  const problems = row.lines.filter((line) => line.problem).map((line) => [line.subject, line.problem]);
  const sentences = [...new Map(problems)].map(([name, problem]) => `  ${row.name}, ${name}: ${problem}`);
  return [...lines, ...notes, ...sentences];
}

export function terminalTables({ rows }) {
  const peers = peerCells(rows);
  const marks = peerMarks.map(([mark, meaning]) => `${mark}  ${meaning}`);
  const own = padded([header, ...ownCells(rows)]);
  return [...own, ...(peers ? ['', ...padded(peers), ...marks] : [])].join('\n');
}

const markdownTable = ([head, ...rows]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** The tables of the performance page. */
export function markdown({ environment, rows }) {
  const peers = peerCells(rows);
  const parts = [
    markdownTable([header, ...ownCells(rows)]),
    markdownTable([['row', 'what'], ...rows.map((row) => [row.name, row.says])]),
    ...(peers
      ? [markdownTable(peers), peerMarks.map(([mark, text]) => `\`${mark}\` ${text}`).join('; ') + '.']
      : []),
    markdownTable([['machine', ''], ...environmentLines(environment)]),
  ];
  return parts.join('\n\n') + '\n';
}

/** The same tables as cells, with their titles, for other formats. */
export function tablesOf({ environment, rows }) {
  const peers = peerCells(rows);
  return [
    { title: 'Ours and the limit', cells: [header, ...ownCells(rows)] },
    ...(peers
      ? [{ title: 'Ours and the peers, as ratios to the limit', cells: peers, notes: peerMarks }]
      : []),
    { title: 'The rows', cells: [['row', 'what'], ...rows.map((row) => [row.name, row.says])] },
    { title: 'The machine', cells: [['what', 'version'], ...environmentLines(environment)] },
  ];
}
