import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { explainFileFailure } from './failures.js';

/** Returns the password stored in this file, which only its owner can read; creates a random one first. */
export function storedPassword(file: string): string {
  try {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    const password = randomBytes(24).toString('base64url');
    writePrivately(file, `${password}\n`);
    return password;
  } catch (failure) {
    throw explainFileFailure(failure, file);
  }
}

/** Writes the file atomically with mode 0600: a full disk never leaves an empty password. */
export function writePrivately(file: string, text: string): void {
  const temporary = `${file}.new`;
  rmSync(temporary, { force: true });
  try {
    writeFileSync(temporary, text, { mode: 0o600, flush: true });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
