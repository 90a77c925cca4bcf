// The tables for a terminal and in Markdown.
import { cellsOf, header, ownCells, peerCells, peerMarksOf, tablesOf } from './tables.mjs';

const progressWidths = [16, 40, 14, 21, 24, 12, 7];

function columnWidths(cells) {
  return cells[0].map((_, column) => Math.max(...cells.map((row) => [...row[column]].length)));
}

function padded(cells, widths) {
  const pad = (text, width) => text + ' '.repeat(Math.max(0, width - [...text].length));
  const lineOf = (row) => row.map((text, i) => pad(text, widths[i])).join('  ');
  return cells.map((row) => lineOf(row).trimEnd());
}

export const progressHeader = () => padded([header], progressWidths)[0];

/** The first of each side and peer, as [name, sentence]. */
function problemsOf({ rounds, peers }) {
  const ofPeers = Object.entries(peers).flatMap(([name, peer]) =>
    peer.rounds.map((round) => [name, round[name]]),
  );
  const runs = [...rounds.flatMap((round) => Object.entries(round)), ...ofPeers];
  const found = new Map();
  for (const [name, run] of runs) {
    if (run?.problem && !found.has(name)) found.set(name, run.problem);
  }
  return [...found];
}

/** What a finished row has to say: its lines, the sides that it is without, and its problems. */
export function progressOf(row) {
  const cells = row.lines.map((line) => cellsOf(row.name, line));
  const left_out = Object.entries(row.left_out).map(([name, why]) => `  without ${name}: ${why}`);
  const sentences = problemsOf(row).map(([name, problem]) => `  ${row.name}, ${name}: ${problem}`);
  return [...padded(cells, progressWidths), ...left_out, ...sentences].join('\n');
}

export function terminalText({ rows }) {
  const own = ownCells(rows, (row) => row.name);
  const peers = peerCells(rows, (row) => row.name);
  const ofPeers = peers ? ['', ...padded(peers, columnWidths(peers)), '', ...peerMarksOf(peers)] : [];
  return [...padded(own, columnWidths(own)), ...ofPeers].join('\n');
}

export function markdownTable({ cells: [head, ...rows], notes = [] }) {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  const list = notes.map((note) => `- \`${note[0]}\`${note.slice(1)}`);
  return [...lines, ...(list.length > 0 ? ['', ...list] : [])].join('\n');
}

/** All tables, each with its title. */
export function markdownText(results) {
  const warnings = results.warnings.map((text) => `**Warning:** ${text}\n`);
  const tables = tablesOf(results).map((table) => `## ${table.title}\n\n${markdownTable(table)}\n`);
  return [...warnings, ...tables].join('\n');
}
