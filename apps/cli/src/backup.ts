import { join } from 'node:path';
import {
  type BackupRecord,
  backupDepsFrom,
  manifestFileOf,
  type RunBackupDeps,
  readManifest,
  runBackup,
  type VerifyLatestDeps,
  verifyLatest,
} from '@texas-ai/backup';
import { systemClock, TexasError } from '@texas-ai/kernel';
import { type Database, makeBackupRepository, makeStore } from '@texas-ai/storage';
import { databaseUrl, pathWithClient, withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { formatJson, formatMinute, formatNames, formatTable } from './output.js';

export interface BackupOptions {
  json: boolean;
}

/** Makes a backup, shows its progress and prints its file. Returns 1 if the backup has an error. */
export async function createBackup(deps: CliDeps, { json }: BackupOptions): Promise<number> {
  return withBackupDeps(deps, async (backupDeps) => {
    const record = await requestBackup(deps, backupDeps, 'requested');
    deps.output.result(json ? formatJson(record) : describeBackup(backupDeps, record));
    const { leftOut = [] } = await readManifest(
      manifestFileOf(join(backupDeps.folder, record.file ?? '')),
    );
    if (leftOut.length > 0) {
      const names = formatNames(leftOut.map(({ description }) => description));
      deps.output.progress(`Not included, because it does not belong to Texas AI: ${names}.`);
    }
    return record.error ? 1 : 0;
  });
}

/** Prints all known backups, newest first. */
export async function listBackups(deps: CliDeps, { json }: BackupOptions): Promise<number> {
  return withBackupDeps(deps, async ({ backups }) => {
    const all = await backups.list({ limit: 1_000 });
    if (json) deps.output.result(formatJson(all));
    else if (all.length > 0) deps.output.result(formatBackups(all));
    else deps.output.progress('There are no backups. Create one with “backup create”.');
    return 0;
  });
}

/** Restores the last good backup into a scratch database and compares every table. */
export async function verifyLastBackup(deps: CliDeps): Promise<number> {
  return withBackupDeps(deps, async (backupDeps) => {
    deps.output.progress('Restoring the last backup into a scratch database…');
    const record = await verifyLatest(backupDeps, deps.stopSignal());
    if (!record) throw new TexasError('backup_invalid', 'There is no good backup to verify.');
    deps.output.result(`${record.file} was restored and every table is the same.`);
    return 0;
  });
}

type BackupDeps = RunBackupDeps & VerifyLatestDeps;

/** Makes a backup of this kind. Throws `backup_failed` if another backup is running. */
export async function requestBackup(
  { output, stopSignal }: Pick<CliDeps, 'output' | 'stopSignal'>,
  deps: RunBackupDeps,
  kind: BackupRecord['kind'],
): Promise<BackupRecord> {
  const { id } = await deps.backups.request(kind);
  const record = await runBackup(deps, id, stopSignal(), progressReporter(output));
  if (record) return record;
  throw new TexasError('backup_failed', 'Another backup is running: try again in a moment.');
}

/** The backup settings of the configuration. */
export function backupSettings({
  config,
  environment,
  egress,
}: Pick<CliDeps, 'config' | 'environment' | 'egress'>) {
  const path = pathWithClient(config.home, environment.PATH);
  return backupDepsFrom(config.backup, config.timeZone, path, egress?.agent ?? null);
}

export function makeBackupDeps(deps: CliDeps, database: Database): BackupDeps {
  const store = makeStore(database);
  return {
    ...backupSettings(deps),
    backups: makeBackupRepository(database),
    exclusively: (work) => store.exclusively('backup', work),
    databaseUrl: databaseUrl(deps),
    clock: systemClock,
    logger: deps.logger,
  };
}

function withBackupDeps<T>(deps: CliDeps, work: (deps: BackupDeps) => Promise<T>): Promise<T> {
  return withDatabase(deps, 'texas-backup', (database) => work(makeBackupDeps(deps, database)));
}

const reportEveryBytes = 16 * 2 ** 20;

/** Prints the number of written bytes every 16 MiB. */
function progressReporter(output: CliDeps['output']): (bytes: number) => void {
  let reported = 0;
  return (bytes) => {
    if (bytes - reported < reportEveryBytes) return;
    reported = bytes;
    output.progress(`${megabytes(bytes)} written…`);
  };
}

function describeBackup({ folder }: BackupDeps, { file, size, places, error }: BackupRecord) {
  const made = `${folder}/${file} (${megabytes(size ?? 0)}, in ${places.join(' and ')})`;
  return error ? `${made}. ${error.message}` : made;
}

function formatBackups(records: readonly BackupRecord[]): string {
  return formatTable(
    ['STATE', 'KIND', 'FINISHED', 'SIZE', 'VERIFIED', 'PLACES', 'FILE'],
    records.map((each) => [
      each.state,
      each.kind,
      formatMinute(each.finishedAt),
      each.size === null ? '-' : megabytes(each.size),
      formatMinute(each.verifiedAt),
      each.places.join(',') || '-',
      each.file ?? each.error?.message ?? '-',
    ]),
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
