import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ProgramExit, readText, startProgram, TexasError } from '@texas-ai/kernel';
import type { PgClient } from '@texas-ai/postgres';
import { decrypt, isEncrypted, undecryptable } from './encryption.js';
import { programFailed } from './failures.js';
import { together } from './limits.js';

/** A dump on the disk, and what is needed to read it. */
export interface Archive {
  file: string;
  client: PgClient;
  /** `AGE-SECRET-KEY-1…`, where it is encrypted. */
  identity?: string | undefined;
}

export interface ReadOptions {
  args: readonly string[];
  /** The connection, where it reads into a database. */
  env?: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/**
 * Runs pg_restore on a dump, which is decrypted on its way where it is encrypted, and answers what it
 * wrote to standard output. Rejects with `backup_newer_format`, `backup_wrong_key`, or
 * `backup_invalid` where it is no dump or is damaged; any other failure is told in the ending.
 */
export async function readArchive(
  { file, client, identity }: Archive,
  { args, env = {}, signal }: ReadOptions,
): Promise<ProgramExit & { stdout: string }> {
  const encrypted = await isEncrypted(file);
  const plain = encrypted ? await decrypt(createReadStream(file), identity) : undefined;
  const [stdout, ending] = await together<[string, ProgramExit, unknown]>(signal, (signal) => {
    const program = startProgram({
      command: client.pgRestore,
      args: plain ? args : [...args, file],
      env: { ...client.env, ...env },
      signal,
    });
    return [
      readText(program.stdout),
      program.ended,
      plain ? feed(plain, program.stdin) : end(program.stdin),
    ];
  });
  const refusal = ending.ok ? undefined : refusalOf(ending);
  if (refusal) throw refusal;
  return { ...ending, stdout };
}

/** Feeds a program as long as it reads: one that only lists goes before it has read all. */
async function feed(plain: Readable, stdin: Writable): Promise<void> {
  try {
    await pipeline(plain, stdin);
  } catch (failure) {
    const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
    if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    if (failure instanceof TexasError) throw failure;
    throw new TexasError('backup_invalid', undecryptable, { cause: failure });
  }
}

async function end(stdin: Writable): Promise<void> {
  stdin.destroy();
}

/** What pg_restore refuses about the dump itself. */
function refusalOf(ending: ProgramExit): TexasError | undefined {
  if (/unsupported version \(/.test(ending.stderr)) {
    const words = 'The dump was made by a newer PostgreSQL: install its client to read it.';
    return programFailed('backup_newer_format', words, ending);
  }
  if (notArchive.test(ending.stderr)) {
    return programFailed('backup_invalid', 'The file is not a dump in the custom format.', ending);
  }
  return damaged.test(ending.stderr)
    ? programFailed('backup_invalid', 'The dump is damaged or cut off.', ending)
    : undefined;
}

const notArchive = /text format dump|not appear to be a valid archive|input file is too short/;
const damaged =
  /unexpected end of file|could not read from input file|could not uncompress|corrupt|found unexpected block|unrecognized data block/;

/** A table of contents, line by line. */
export async function listArchive(archive: Archive, signal: AbortSignal): Promise<string[]> {
  const listed = await readArchive(archive, { args: ['--list'], signal });
  if (!listed.ok) throw programFailed('backup_invalid', 'The dump cannot be listed.', listed);
  return listed.stdout.split('\n');
}
