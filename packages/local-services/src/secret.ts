import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { explainFileFailure } from './failures.js';

/** The password that this file keeps, made at random where there is none; only its owner reads it. */
export function keptPassword(file: string): string {
  try {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    const password = randomBytes(24).toString('base64url');
    writePrivately(file, `${password}\n`);
    return password;
  } catch (failure) {
    throw explainFileFailure(failure, file);
  }
}

/** Writes the whole file, mode 0600, or leaves none: a full disk does not make an empty password. */
export function writePrivately(file: string, text: string): void {
  const half = `${file}.new`;
  rmSync(half, { force: true });
  try {
    writeFileSync(half, text, { mode: 0o600, flush: true });
    renameSync(half, file);
  } finally {
    rmSync(half, { force: true });
  }
}
