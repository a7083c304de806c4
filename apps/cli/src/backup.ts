import { join } from 'node:path';
import {
  type BackupRecord,
  backupFrom,
  type MakeBackupDeps,
  makeBackup,
  manifestFileOf,
  readManifest,
  type VerifyLastDeps,
  verifyLast,
} from '@texas-ai/backup';
import { systemClock, TexasError } from '@texas-ai/kernel';
import { type Database, makeBackupRepository, makeStore } from '@texas-ai/storage';
import { databaseUrl, withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { pathWithClient } from './postgres-client.js';
import { stopSignal } from './stop-signal.js';
import { listed, minute, tableOf } from './table.js';

export interface BackupOptions {
  json: boolean;
}

/** Makes a backup here and now, shows how far it is, and prints where it lies. */
export async function createBackupNow(deps: CliDeps, { json }: BackupOptions): Promise<number> {
  return withBacking(deps, async (backing) => {
    const record = await makeNow(deps, backing, 'requested');
    deps.output.result(json ? JSON.stringify(record, null, 2) : sentenceOf(backing, record));
    const { leftOut = [] } = await readManifest(
      manifestFileOf(join(backing.folder, record.file ?? '')),
    );
    if (leftOut.length > 0) {
      const left = listed(leftOut.map(({ description }) => description));
      deps.output.progress(`Not included, because it does not belong to Texas AI: ${left}.`);
    }
    return record.error ? 1 : 0;
  });
}

/** Prints every backup that is known, newest first. */
export async function listBackups(deps: CliDeps, { json }: BackupOptions): Promise<number> {
  return withBacking(deps, async ({ backups }) => {
    const all = await backups.list({ limit: 1_000 });
    if (json) deps.output.result(JSON.stringify(all, null, 2));
    else if (all.length > 0) deps.output.result(listOf(all));
    else deps.output.progress('There are no backups. “backup create” makes one.');
    return 0;
  });
}

/** Restores the last good backup into a scratch database and compares every table. */
export async function verifyLastBackup(deps: CliDeps): Promise<number> {
  return withBacking(deps, async (backing) => {
    deps.output.progress('Restoring the last backup into a scratch database…');
    const record = await verifyLast(backing, stopSignal());
    if (!record) throw new TexasError('backup_invalid', 'There is no good backup to verify.');
    deps.output.result(`${record.file} was restored and every table is the same.`);
    return 0;
  });
}

type Backing = MakeBackupDeps & VerifyLastDeps;

/** Makes one of that kind. Throws `backup_failed` where somebody else is at one. */
export async function makeNow(
  { output }: Pick<CliDeps, 'output'>,
  backing: MakeBackupDeps,
  kind: BackupRecord['kind'],
): Promise<BackupRecord> {
  const { id } = await backing.backups.request(kind);
  const show = shower(output);
  const made = await makeBackup(backing, id, stopSignal(), show);
  if (made) return made;
  throw new TexasError('backup_failed', 'Somebody else is at a backup: try again in a moment.');
}

/** Where backups lie and how they are made, by the configuration. */
export function settingsOf({
  config,
  environment,
  egress,
}: Pick<CliDeps, 'config' | 'environment' | 'egress'>) {
  const path = pathWithClient(config.home, environment.PATH);
  return backupFrom(config.backup, config.timeZone, path, egress?.agent ?? null);
}

/** What backups are made and verified with. */
export function backingOf(deps: CliDeps, database: Database): Backing {
  const store = makeStore(database);
  return {
    ...settingsOf(deps),
    backups: makeBackupRepository(database),
    alone: (work) => store.exclusively('backup', work),
    databaseUrl: databaseUrl(deps),
    clock: systemClock,
    logger: deps.logger,
  };
}

function withBacking<T>(deps: CliDeps, work: (backing: Backing) => Promise<T>): Promise<T> {
  return withDatabase(deps, 'texas-backup', (database) => work(backingOf(deps, database)));
}

const showEveryBytes = 16 * 2 ** 20;

/** Says how much is written, every now and then. */
function shower(output: CliDeps['output']): (bytes: number) => void {
  let said = 0;
  return (bytes) => {
    if (bytes - said < showEveryBytes) return;
    said = bytes;
    output.progress(`${megabytes(bytes)} written…`);
  };
}

function sentenceOf({ folder }: Backing, { file, size, places, error }: BackupRecord): string {
  const made = `${folder}/${file} (${megabytes(size ?? 0)}, in ${places.join(' and ')})`;
  return error ? `${made}. ${error.message}` : made;
}

function listOf(records: readonly BackupRecord[]): string {
  return tableOf(
    ['STATE', 'KIND', 'FINISHED', 'SIZE', 'VERIFIED', 'PLACES', 'FILE'],
    records.map((each) => [
      each.state,
      each.kind,
      minute(each.finishedAt),
      each.size === null ? '-' : megabytes(each.size),
      minute(each.verifiedAt),
      each.places.join(',') || '-',
      each.file ?? each.error?.message ?? '-',
    ]),
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
