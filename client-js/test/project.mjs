// Projects of users of this package, in temporary folders.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** An empty folder with a package.json, gone after the test. */
export function emptyProject(t, type = 'module') {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nano-client-')));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'game', private: true, type }));
  return folder;
}

/** One in which these packages can be imported: this one as it is built, and others that it has for tests. */
export function projectWith(t, packages) {
  const folder = emptyProject(t);
  for (const name of packages) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(name === 'nano-client' ? packageFolder : join(packageFolder, 'node_modules', name), link);
  }
  return folder;
}
