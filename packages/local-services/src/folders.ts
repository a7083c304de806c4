import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Creates a folder and its missing parents with this mode. Node's `recursive` option fails with ENOENT if a disk
 * cannot be written; this throws the real reason.
 */
export function makeFolder(folder: string, mode = 0o755): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode });
  } catch (failure) {
    // Another process may have created it.
    if (!existsSync(folder)) throw failure;
  }
}

/** Returns the absolute paths of a folder's entries, sorted; none if it cannot be read. */
export function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
