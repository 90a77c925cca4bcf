// One declaration file out of those that tsc writes for the single modules.

const importLine = /^import .* from '\.\/([\w-]+)\.js';$/;
const exportLine = /^export (type )?\{(.*)\} from '\.\/([\w-]+)\.js';$/;

/**
 * The declarations of all modules that `entry` leads to, with what `entry` exports exported. `read` gives the
 * text of a file. Throws for what the modules of this package do not use: names given anew, default exports.
 */
export function bundleDeclarations(folder, entry, read) {
  const parts = [];
  const seen = new Set();
  const visit = (module) => {
    if (seen.has(module)) return;
    seen.add(module);
    const own = [];
    for (const line of linesOf(read(`${folder}/${module}.d.ts`))) {
      if (/\bas\b.*\bfrom\b|^export default|^export \*/.test(line)) throw new Error(`${module}: ${line}`);
      const [, imported] = importLine.exec(line) ?? [];
      if (imported !== undefined) visit(imported);
      else if (line !== 'export {};') own.push(line.replace(/^export (?=declare|interface|type)/, ''));
    }
    parts.push(...own);
  };

  const exports = [];
  for (const line of linesOf(read(`${folder}/${entry}.d.ts`))) {
    const [, type = '', names, module] = exportLine.exec(line) ?? [];
    if (module === undefined) throw new Error(`${entry} exports other modules only, not: ${line}`);
    visit(module);
    exports.push(`export ${type}{${names}};`);
  }
  const declared = parts.map((line) => line.replace(/^(?=(class|const|function|enum) )/, 'declare '));
  return [...declared, ...exports, ''].join('\n');
}

/** Lists of names that were laid out on several lines become one line. */
function linesOf(text) {
  return text
    .replace(/^(?:import|export)(?: type)? \{[^}]*\}/gm, (list) => list.replace(/\s+/g, ' '))
    .replace(/"(\.\/[\w-]+\.js)"/g, "'$1'")
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//# sourceMappingURL'));
}
