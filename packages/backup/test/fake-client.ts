import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPgClient, type PgClient } from '@texas-ai/postgres';

/** The real programs for the tests' server. */
export function realClient(): Promise<PgClient> {
  const { PATH = '', HOME = '' } = process.env;
  return findPgClient({ major: 15, folders: PATH.split(':'), env: { PATH, HOME } });
}

/**
 * The real pg_restore with a shell script as pg_dump. In the script $REAL is the real pg_dump, and psql connects to the
 * same database.
 */
export async function clientWithDump(folder: string, script: string): Promise<PgClient> {
  const client = await realClient();
  return { ...client, pgDump: writeScript(folder, script, client.pgDump) };
}

/** The same with a shell script as pg_restore. */
export async function clientWithRestore(folder: string, script: string): Promise<PgClient> {
  const client = await realClient();
  return { ...client, pgRestore: writeScript(folder, script, client.pgRestore) };
}

function writeScript(folder: string, script: string, real: string): string {
  const file = join(folder, 'fake-program');
  const lines = ['#!/bin/bash', `REAL=${real}`, `PATH=${dirname(real)}:$PATH`, `HERE=${folder}`];
  writeFileSync(file, `${[...lines, script].join('\n')}\n`);
  chmodSync(file, 0o755);
  return file;
}
