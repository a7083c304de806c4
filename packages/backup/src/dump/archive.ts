import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ProgramExit, readText, startProgram, TexasError } from '@texas-ai/kernel';
import type { PgClient } from '@texas-ai/postgres';
import { allOrAbort } from '../abortable.js';
import { errorCode } from '../database/connection.js';
import { programFailure } from '../failures.js';
import { decrypt, isEncrypted, undecryptable } from './encryption.js';

/** A dump file, and the program and key to read it. */
export interface Archive {
  file: string;
  client: PgClient;
  /** `AGE-SECRET-KEY-1…`, if the file is encrypted. */
  identity?: string | undefined;
}

export interface ReadOptions {
  args: readonly string[];
  /** The connection variables, when restoring into a database. */
  env?: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/**
 * Runs pg_restore on a dump, decrypting it if needed, and returns its output. Rejects with `backup_newer_format`,
 * `backup_wrong_key`, or `backup_invalid` if the file is damaged or not a dump; any other failure is in the ending.
 */
export async function runPgRestore(
  { file, client, identity }: Archive,
  { args, env = {}, signal }: ReadOptions,
): Promise<ProgramExit & { stdout: string }> {
  const encrypted = await isEncrypted(file);
  const plain = encrypted ? await decrypt(createReadStream(file), identity) : undefined;
  const [stdout, ending] = await allOrAbort<[string, ProgramExit, unknown]>(signal, (signal) => {
    const program = startProgram({
      command: client.pgRestore,
      args: plain ? args : [...args, file],
      env: { ...client.env, ...env },
      signal,
    });
    return [
      readText(program.stdout),
      program.ended,
      plain ? feed(plain, program.stdin) : close(program.stdin),
    ];
  });
  const invalid = ending.ok ? undefined : invalidDump(ending);
  if (invalid) throw invalid;
  return { ...ending, stdout };
}

/** Writes to a program's stdin until it closes: pg_restore --list exits before it has read everything. */
async function feed(plain: Readable, stdin: Writable): Promise<void> {
  try {
    await pipeline(plain, stdin);
  } catch (failure) {
    const code = errorCode(failure);
    if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    if (failure instanceof TexasError) throw failure;
    throw new TexasError('backup_invalid', undecryptable, { cause: failure });
  }
}

async function close(stdin: Writable): Promise<void> {
  stdin.destroy();
}

/** Returns the error if pg_restore rejected the dump itself. */
function invalidDump(ending: ProgramExit): TexasError | undefined {
  if (/unsupported version \(/.test(ending.stderr)) {
    const message = 'The dump was made by a newer PostgreSQL: install its client to read it.';
    return programFailure('backup_newer_format', message, ending);
  }
  if (notArchive.test(ending.stderr)) {
    return programFailure('backup_invalid', 'The file is not a dump in the custom format.', ending);
  }
  return damaged.test(ending.stderr)
    ? programFailure('backup_invalid', 'The dump is damaged or truncated.', ending)
    : undefined;
}

const notArchive = /text format dump|not appear to be a valid archive|input file is too short/;
const damaged =
  /unexpected end of file|could not read from input file|could not uncompress|corrupt|found unexpected block|unrecognized data block/;

/** Returns the lines of the dump's table of contents. */
export async function listEntries(archive: Archive, signal: AbortSignal): Promise<string[]> {
  const listed = await runPgRestore(archive, { args: ['--list'], signal });
  if (!listed.ok) throw programFailure('backup_invalid', 'The dump cannot be listed.', listed);
  return listed.stdout.split('\n');
}
