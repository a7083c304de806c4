import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder and its parents where they are missing, with this mode. Node's own recursive way
 * says "no such file" for a disk that cannot be written; this one throws the true reason.
 */
export function makeFolder(folder: string, mode = 0o755): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode });
  } catch (failure) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw failure;
  }
}

/** Absolute paths of what is in a folder, in order of name; none where it cannot be read. */
export function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
