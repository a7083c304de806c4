import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@texas-ai/kernel';

const here = dirname(fileURLToPath(import.meta.url));

/** Programs are downloaded once, and shared with the servers of the other tests. */
export const binariesHome = join(here, '..', '..', '..', '.local', 'test');

/** The built package, for tests that start a separate process. */
export const builtPackage = join(here, '..', 'dist', 'index.js');

export const environment = { PATH: '/usr/local/bin:/usr/bin:/bin' };

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A new folder that every user may enter. */
export function temporaryHome(): { home: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'texas-home-'));
  chmodSync(folder, 0o755);
  return { home: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes a program that runs these lines of shell. */
export function fakeProgram(file: string, lines: string): void {
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

export function assertBuilt(): void {
  if (!existsSync(builtPackage)) throw new Error('Build the packages first: npm run build.');
}
