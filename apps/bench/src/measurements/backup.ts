import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import {
  type CreatedBackup,
  createBackup,
  findClientForServer,
  fingerprintDatabase,
  verifyBackup,
} from '@texas-ai/backup';
import { systemClock } from '@texas-ai/kernel';
import type { PgClient } from '@texas-ai/postgres';
import { median, rangeOf } from '../figure.js';
import { peakDuring, residentNow, timed } from '../gauges.js';
import { type Bench, defineMeasurement } from '../measurement.js';
import { dropDatabase, makeDatabase } from '../servers.js';

const timeoutMs = 600_000;
const dumps = 3;

/** Time and memory taken to back up and verify a million experiences, compared with pg_dump and pg_restore. */
export const backup = defineMeasurement({
  id: 'backup',
  title: 'Backup and verification of a million experiences',
  needs: ['millionExperiences'],
  async measure(bench, { millionExperiences: { databaseUrl } }) {
    const { signal } = new AbortController();
    const clientFolders = (bench.environment.PATH ?? '').split(delimiter);
    const client = await findClientForServer({ databaseUrl, clientFolders }, signal);
    const task = { bench, databaseUrl, client, signal };
    const measured: Dump[] = [];
    for (let round = 0; round < dumps; round++) measured.push(await dumpOnce(task));
    const seconds = measured.map((each) => each.seconds);
    const verified = await verifyOnce(task, measured[0]?.backup);
    return [
      {
        id: 'backup',
        name: 'backup of a million experiences',
        value: median(seconds),
        unit: 's',
        aim: { of: 'ratio', atMost: 1.15 },
        floor: { name: 'pg_dump alone', value: median(measured.map((each) => each.bareSeconds)) },
        range: rangeOf(seconds),
      },
      {
        id: 'backup-memory',
        name: '… memory growth of the process',
        value: Math.max(...measured.map((each) => each.megabytes)),
        unit: 'MB',
        aim: { of: 'value', atMost: 64 },
      },
      {
        id: 'verification',
        name: '… its verification, without checksums',
        value: verified.seconds,
        unit: 's',
        aim: { of: 'ratio', atMost: 1.15 },
        floor: { name: 'pg_restore alone', value: verified.bareSeconds },
      },
    ];
  },
});

interface Task {
  bench: Bench;
  databaseUrl: string;
  client: PgClient;
  signal: AbortSignal;
}

interface Dump {
  seconds: number;
  bareSeconds: number;
  megabytes: number;
  backup: CreatedBackup;
}

async function dumpOnce({ bench, databaseUrl, client, signal }: Task): Promise<Dump> {
  const { folder, logger } = bench;
  const bareSeconds = await timeProgram(
    client.pgDump,
    ['--format=custom', '--no-owner', `--file=${join(folder, 'bare.dump')}`, databaseUrl],
    client,
  );
  const before = residentNow();
  const { megabytes, result } = await peakDuring(() =>
    timed(() =>
      createBackup({
        databaseUrl,
        folder: join(folder, 'backups'),
        client,
        timeoutMs,
        signal,
        logger,
        id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
        kind: 'requested',
        clock: systemClock,
      }),
    ),
  );
  return {
    seconds: result.seconds,
    bareSeconds,
    megabytes: megabytes - before,
    backup: result.result,
  };
}

async function verifyOnce(
  { bench, databaseUrl, client, signal }: Task,
  created: CreatedBackup | undefined,
): Promise<{ seconds: number; bareSeconds: number }> {
  if (!created) throw new Error('There is no backup to verify.');
  const { folder, logger } = bench;
  const scratch = await makeDatabase(databaseUrl);
  const bareSeconds = await timeProgram(
    client.pgRestore,
    ['--single-transaction', '--no-owner', `--dbname=${scratch}`, join(folder, 'bare.dump')],
    client,
  );
  await dropDatabase(databaseUrl, scratch);
  const { manifest, file } = created;
  const verification = await timed(() =>
    verifyBackup({ file, manifest, databaseUrl, client, timeoutMs, signal, logger }),
  );
  const checksums = await timed(() => fingerprintDatabase(databaseUrl, signal));
  return { seconds: verification.seconds - checksums.seconds, bareSeconds };
}

/** Runs a program and returns how many seconds it took. */
async function timeProgram(command: string, args: string[], { env }: PgClient): Promise<number> {
  const { seconds } = await timed(async () => {
    const [code] = await once(spawn(command, args, { env, stdio: 'inherit' }), 'exit');
    if (code !== 0) throw new Error(`${command} exited with code ${code}.`);
  });
  return seconds;
}
