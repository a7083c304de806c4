import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { clientFor, createBackup, holdingsOf, type PgClient, verifyBackup } from '@texas-ai/backup';
import { processEnvironment } from '@texas-ai/config';
import { type Logger, systemClock } from '@texas-ai/kernel';
import pg from 'pg';
import type { Figure } from './figure.js';
import type { Servers } from './servers.js';

const timeoutMs = 600_000;

/** Time and memory of dumping and verifying what the database holds by then: a million experiences. */
export async function measureBackup({ databaseUrl }: Servers, logger: Logger): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'texas-bench-backup-'));
  const { signal } = new AbortController();
  const clientFolders = (processEnvironment().PATH ?? '').split(delimiter);
  try {
    const client = await clientFor({ databaseUrl, clientFolders }, signal);
    const bareDump = await bare(client.pgDump, dumpArgs(databaseUrl, folder), client);
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    const { seconds: dump, result: made } = await timed(() =>
      createBackup({
        ...{ databaseUrl, folder, client, timeoutMs, signal, logger },
        id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
        kind: 'requested',
        clock: systemClock,
      }),
    );
    clearInterval(watch);

    const scratch = new URL(databaseUrl);
    scratch.pathname = '/bench_restore';
    const admin = new pg.Client({ connectionString: databaseUrl });
    await admin.connect();
    await admin.query('CREATE DATABASE bench_restore TEMPLATE template0');
    const bareRestore = await bare(
      client.pgRestore,
      ['--single-transaction', '--no-owner', `--dbname=${scratch.href}`, join(folder, 'bare.dump')],
      client,
    );
    await admin.query('DROP DATABASE bench_restore');
    await admin.end();
    const { manifest, file } = made;
    const { seconds: verification } = await timed(() =>
      verifyBackup({ file, manifest, databaseUrl, client, timeoutMs, signal, logger }),
    );
    const { seconds: checksums } = await timed(() => holdingsOf(databaseUrl, signal));
    return [
      {
        name: 'a million experiences dumped',
        value: dump,
        unit: 's',
        aim: 'at most 1.15 of pg_dump',
        floor: { name: 'pg_dump alone', value: bareDump },
      },
      {
        name: '… and what the process grew by meanwhile',
        value: (most - before) / 2 ** 20,
        unit: 'MB',
        aim: 'at most 64',
        floor: null,
      },
      {
        name: '… and verified, checksums aside',
        value: verification - checksums,
        unit: 's',
        aim: 'at most 1.15 of pg_restore',
        floor: { name: 'pg_restore alone', value: bareRestore },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dumpArgs(databaseUrl: string, folder: string): string[] {
  return ['--format=custom', '--no-owner', `--file=${join(folder, 'bare.dump')}`, databaseUrl];
}

/** Seconds that a program takes. */
async function bare(command: string, args: string[], { env }: PgClient): Promise<number> {
  const { seconds } = await timed(async () => {
    const [code] = await once(spawn(command, args, { env, stdio: 'inherit' }), 'exit');
    if (code !== 0) throw new Error(`${command} ended with ${code}.`);
  });
  return seconds;
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1000, result };
}
