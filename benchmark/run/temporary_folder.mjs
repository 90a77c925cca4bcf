// Folders for what servers are given, which are gone when the process ends.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let root;

/** A new one. Others may read it: a server that is started as root serves as somebody else. */
export function temporaryFolder() {
  if (!root) {
    root = mkdtempSync(path.join(os.tmpdir(), 'nano-bench-'));
    chmodSync(root, 0o755);
    process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  }
  const folder = mkdtempSync(path.join(root, 'folder-'));
  chmodSync(folder, 0o755);
  return folder;
}

let files;

/** The folder of the files that the rows of HTTP ask for: `1k` and `100k`. */
export function servedFiles() {
  if (files) return files;
  files = temporaryFolder();
  for (const kib of [1, 100]) writeFileSync(path.join(files, `${kib}k`), 'x'.repeat(kib * 1024));
  return files;
}
