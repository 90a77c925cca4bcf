// The report as a page that needs nothing besides itself.
import { escaped } from './chart.mjs';
import { tablesOf } from './tables.mjs';

const style = `
:root { color-scheme: light dark;
  --text: #24292f; --paper: #fff; --line: #d0d7de; --faint: #57606a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --paper: #0d1117; --line: #30363d; --faint: #9198a1; --bad: #ff7b72; }
}
body { margin: 2rem auto; padding: 0 1rem; max-width: 70rem; background: var(--paper); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
p.faint { color: var(--faint); } .bad { color: var(--bad); font-weight: 600; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; }
th, td { white-space: nowrap; }
td:first-child { white-space: normal; min-width: 14rem; }
`;

/** Names between backticks become code, as in Markdown. */
function cellOf(text) {
  const bad = text === 'NO' || text === 'FAILED';
  const content = escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
  return bad ? `<td class="bad">${content}</td>` : `<td>${content}</td>`;
}

function tableOf({ title, cells: [head, ...rows], notes = [] }) {
  const header = head.map((text) => `<th>${escaped(text)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((text) => cellOf(String(text))).join('')}</tr>`);
  const lines = notes.map((note) => `<p class="faint">${escaped(note)}</p>`);
  return `<h2>${escaped(title)}</h2>
<div class="wide"><table><thead><tr>${header}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>
${lines.join('\n')}`;
}

/** `warnings`: sentences for the head; `charts`: SVG texts by name. Well-formed as XML, too. */
export function reportPage(results, charts) {
  const warnings = results.warnings.map((text) => `<p class="bad">${escaped(text)}</p>`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Nano benchmark</title>
<style>${style}</style>
</head>
<body>
<h1>Nano benchmark</h1>
<p class="faint">${escaped(results.started_at)}; medians of the ratios of ${results.pairs} pairs of runs,
${results.seconds} s each</p>
${warnings.join('\n')}
${Object.values(charts).join('\n')}
${tablesOf(results).map(tableOf).join('\n')}
</body>
</html>
`;
}
