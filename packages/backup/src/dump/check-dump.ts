import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { programFailure } from '../failures.js';
import type { Manifest } from '../files/manifest.js';
import { type Archive, listEntries, runPgRestore } from './archive.js';
import { type Contents, selectContents } from './contents.js';

export interface CheckFileOptions {
  file: string;
  manifest: Pick<Manifest, 'size' | 'sha256'>;
  signal?: AbortSignal;
}

/** Compares the file's size and SHA-256 with the manifest; rejects with `backup_invalid`. */
export async function checkFile({ file, manifest, signal }: CheckFileOptions): Promise<void> {
  const name = basename(file);
  const invalid = (sentence: string, cause?: unknown) =>
    new TexasError('backup_invalid', `${name} ${sentence}`, { cause });
  const { size } = await stat(file).catch((cause) => {
    throw invalid('cannot be read.', cause);
  });
  if (size !== manifest.size) {
    throw invalid(
      `has ${size} bytes, but ${manifest.size} were written: it was truncated or replaced.`,
    );
  }
  if ((await sha256Of(file, signal)) !== manifest.sha256) {
    throw invalid('was changed: its SHA-256 differs from the manifest.');
  }
}

async function sha256Of(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(file, { highWaterMark: 1024 * 1024, ...(signal && { signal }) });
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Checks that a file, which may have no manifest, is a readable dump of this application. Returns the part to restore,
 * without the objects that the manifest lists as left out. Rejects with `backup_invalid`, `backup_newer_format` or
 * `backup_wrong_key`.
 */
export async function checkContents(
  archive: Archive,
  signal: AbortSignal,
  excluded: Manifest['leftOut'] = [],
): Promise<Contents> {
  const contents = selectContents(await listEntries(archive, signal), excluded);
  if ('schema' in contents) return contents;
  const { missing } = contents;
  throw new TexasError(
    'backup_invalid',
    `${basename(archive.file)} is a dump of another application: it has no table ${missing.join(', ')}.`,
    { details: { missing } },
  );
}

/** Reads the names of the applied migrations from a dump, without a database. */
export async function readMigrations(archive: Archive, signal: AbortSignal): Promise<string[]> {
  const args = ['--data-only', '--table=migrations', '--file=-'];
  const read = await runPgRestore(archive, { args, signal });
  if (!read.ok) throw programFailure('backup_invalid', 'The dump cannot be read.', read);
  const [, columns = '', rows = ''] =
    /^COPY \S+\.migrations \((.*)\) FROM stdin;\n([\s\S]*?)^\\\.$/m.exec(read.stdout) ?? [];
  const position = columns.split(', ').indexOf('name');
  return rows
    .split('\n')
    .flatMap((row) => (row === '' ? [] : (row.split('\t')[position] ?? [])))
    .sort();
}
