import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Temporal } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { type CreateBackupOptions, createBackup } from '../src/dump/create-backup.js';
import { realClient } from './fake-client.js';

export const moment = Temporal.Instant.from('2026-11-30T02:30:00.5Z');
export const clock = { now: () => moment };
export const never = new AbortController().signal;

/** Makes a requested backup into a folder, by default with the real programs. */
export async function backUp(
  options: Pick<CreateBackupOptions, 'databaseUrl' | 'folder'> & Partial<CreateBackupOptions>,
) {
  return createBackup({
    id: '00000000-0000-4000-8000-00001f0c9a2b',
    kind: 'requested',
    client: options.client ?? (await realClient()),
    timeoutMs: 120_000,
    signal: never,
    logger: makeLogSpy(),
    clock,
    ...options,
  });
}

export interface TemporaryFolder {
  folder: string;
  files(): string[];
  remove(): void;
}

export function makeTemporaryFolder(): TemporaryFolder {
  const folder = mkdtempSync(join(tmpdir(), 'texas-backup-test-'));
  return {
    folder,
    files: () => readdirSync(folder).sort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
