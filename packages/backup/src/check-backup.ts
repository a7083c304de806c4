import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { type Archive, listArchive, readArchive } from './archive.js';
import { type Contents, contentsIn } from './contents.js';
import { programFailed } from './failures.js';
import type { Manifest } from './manifest.js';

export interface CheckBackupOptions {
  file: string;
  manifest: Pick<Manifest, 'size' | 'sha256'>;
  signal?: AbortSignal;
}

/** Compares the file's size and SHA-256 with the manifest; rejects with `backup_invalid`. */
export async function checkBackup({ file, manifest, signal }: CheckBackupOptions): Promise<void> {
  const name = basename(file);
  const refuse = (sentence: string, cause?: unknown) =>
    new TexasError('backup_invalid', `${name} ${sentence}`, { cause });
  const { size } = await stat(file).catch((cause) => {
    throw refuse('cannot be read.', cause);
  });
  if (size !== manifest.size) {
    throw refuse(
      `has ${size} bytes where ${manifest.size} were written: it is cut off or replaced.`,
    );
  }
  if ((await sha256Of(file, signal)) !== manifest.sha256) {
    throw refuse('is not what was written: its SHA-256 differs from the manifest.');
  }
}

async function sha256Of(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(file, { highWaterMark: 1024 * 1024, ...(signal && { signal }) });
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Looks into a dump that may have no manifest: it must be a readable one of this application. Returns the part
 * to restore, without the objects that its manifest says were left out. Rejects with `backup_invalid`,
 * `backup_newer_format` or `backup_wrong_key`.
 */
export async function checkContents(
  archive: Archive,
  signal: AbortSignal,
  leftOut: Manifest['leftOut'] = [],
): Promise<Contents> {
  const contents = contentsIn(await listArchive(archive, signal), leftOut);
  if ('schema' in contents) return contents;
  const { missing } = contents;
  throw new TexasError(
    'backup_invalid',
    `${basename(archive.file)} is a dump of another application: it has no table ${missing.join(', ')}.`,
    { details: { missing } },
  );
}

/** The migrations that a dump holds, read from it without a database. */
export async function migrationsIn(archive: Archive, signal: AbortSignal): Promise<string[]> {
  const args = ['--data-only', '--table=migrations', '--file=-'];
  const read = await readArchive(archive, { args, signal });
  if (!read.ok) throw programFailed('backup_invalid', 'The dump cannot be read.', read);
  const [, columns = '', rows = ''] =
    /^COPY \S+\.migrations \((.*)\) FROM stdin;\n([\s\S]*?)^\\\.$/m.exec(read.stdout) ?? [];
  const position = columns.split(', ').indexOf('name');
  return rows
    .split('\n')
    .flatMap((row) => (row === '' ? [] : (row.split('\t')[position] ?? [])))
    .sort();
}
