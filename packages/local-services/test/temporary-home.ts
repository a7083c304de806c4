import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@texas-ai/kernel';

const here = dirname(fileURLToPath(import.meta.url));

/** What tests bring is brought once, and shared with the servers of the other tests. */
export const binariesHome = join(here, '..', '..', '..', '.local', 'test');

/** The built package, for tests that need a process of their own. */
export const builtPackage = join(here, '..', 'dist', 'index.js');

export const environment = { PATH: '/usr/local/bin:/usr/bin:/bin' };

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A new folder that anybody may enter, and what removes it. */
export function temporaryHome(): { home: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'texas-home-'));
  chmodSync(folder, 0o755);
  return { home: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A program that does what these lines of shell say. */
export function fakeProgram(file: string, lines: string): void {
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

export function assertBuilt(): void {
  if (!existsSync(builtPackage)) throw new Error('Build the packages first: npm run build.');
}
