import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiKey } from '@texas-ai/access';
import {
  findClientForServer,
  findOrDownloadBackup,
  folderPlaceName,
  listFolder,
  type Manifest,
  manifestFileOf,
  type Restored,
  readIdentity,
  readManifest,
  restoreBackup,
} from '@texas-ai/backup';
import { systemClock, Temporal, TexasError } from '@texas-ai/kernel';
import {
  type Database,
  knownMigrations,
  makeBackupRepository,
  makeKeyRepository,
  migrate,
} from '@texas-ai/storage';
import { backupSettings, makeBackupDeps, requestBackup } from './backup.js';
import { databaseUrl, migrationTimeoutSeconds, usingDatabase, withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { formatNames } from './output.js';

export interface RestoreOptions {
  /** Replaces a database that is not empty. */
  live: boolean;
  /** Accepts a dump without a manifest. */
  unverified: boolean;
  /** Backs up the database before replacing it. */
  restorePoint: boolean;
  /** Keeps the replaced database beside the new one. */
  keepOld: boolean;
  /** File with an age identity; default: the configured one. */
  identity?: string;
}

/**
 * Replaces the database with a backup and prints the result. Throws what `restoreBackup` throws; the database is then
 * unchanged.
 */
export async function restore(
  deps: CliDeps,
  backupName: string,
  options: RestoreOptions,
): Promise<number> {
  const { config, logger, output } = deps;
  const url = databaseUrl(deps);
  const signal = deps.stopSignal();
  await mkdir(config.backup.dir, { recursive: true, mode: 0o700 });
  const downloads = await mkdtemp(join(config.backup.dir, 'fetched-'));
  try {
    const settings = backupSettings(deps);
    const file = await findOrDownloadBackup(settings, backupName, downloads, signal);
    const manifest = await readManifestOf(file, options);
    const client = await findClientForServer({ ...settings, databaseUrl: url }, signal);
    if (options.live && options.restorePoint) await makeRestorePoint(deps);
    let unrevoked: ApiKey[] = [];
    const restored = await restoreBackup({
      file,
      manifest,
      databaseUrl: url,
      client,
      identity: identityFrom(options) ?? settings.identity ?? undefined,
      live: options.live,
      keepOld: options.keepOld,
      knownMigrations: await knownMigrations(),
      timeoutMs: settings.timeoutMs,
      async beforeSwap(liveUrl, restoredUrl, schema) {
        await withRestored(deps, { url: restoredUrl, schema }, async (database) => {
          await migrate(database);
        });
        unrevoked = await findUnrevokedKeys(deps, liveUrl, restoredUrl, schema);
      },
      onProgress: (step) => output.progress(steps[step]),
      signal,
      logger,
      clock: systemClock,
    });
    await withRestored(deps, { url }, async (database) => {
      await migrate(database);
      await adoptFolder(database, config.backup.dir);
    });
    for (const sentence of describeRestored(file, restored)) output.result(sentence);
    for (const key of unrevoked) output.result(describeUnrevoked(key));
    return 0;
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}

const steps = {
  checking: 'Checking the backup…',
  restoring: 'Restoring it…',
  comparing: 'Comparing every table with the manifest…',
  preparing: 'Migrating it…',
  swapping: 'Replacing the database…',
} as const;

async function readManifestOf(
  file: string,
  { unverified }: RestoreOptions,
): Promise<Manifest | null> {
  try {
    return await readManifest(manifestFileOf(file));
  } catch (error) {
    if (unverified) return null;
    throw new TexasError(
      'backup_invalid',
      `${file} has no manifest beside it, so it cannot be verified: put the manifest back, or add --unverified.`,
      { cause: error },
    );
  }
}

function identityFrom({ identity: file }: RestoreOptions): string | null {
  if (file === undefined) return null;
  const identity = readIdentity(file);
  if (identity !== null) return identity;
  throw new TexasError(
    'backup_wrong_key',
    `${file} cannot be read, or has no UTF-8 line that begins with AGE-SECRET-KEY-.`,
  );
}

async function makeRestorePoint(deps: CliDeps): Promise<void> {
  deps.output.progress('Backing up the current database (skip this with --no-restore-point)…');
  await withDatabase(deps, 'texas-backup', async (database) => {
    const { file } = await requestBackup(deps, makeBackupDeps(deps, database), 'restore-point');
    deps.output.progress(`The restore point is ${file}.`);
  });
}

function withRestored<T>(
  deps: CliDeps,
  target: { url: string; schema?: string },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const statementTimeoutSeconds = migrationTimeoutSeconds;
  const options = { ...target, applicationName: 'texas-restore', statementTimeoutSeconds };
  return usingDatabase(deps, options, work);
}

/** Keys that are revoked in the live database and valid in the restored one. */
async function findUnrevokedKeys(
  deps: CliDeps,
  liveUrl: string,
  restoredUrl: string,
  schema: string,
): Promise<ApiKey[]> {
  const keysIn = (url: string) =>
    withRestored(deps, { url, schema }, (database) => makeKeyRepository(database).list());
  const [live, restored] = await Promise.all([keysIn(liveUrl), keysIn(restoredUrl)]);
  const revoked = new Set(live.filter(({ revokedAt }) => revokedAt !== null).map(({ id }) => id));
  return restored.filter(({ id, revokedAt }) => revokedAt === null && revoked.has(id));
}

function describeUnrevoked({ name, short }: ApiKey): string {
  return `The key “${name}” (texas_${short}) was revoked after this backup and is valid again: npm run texas -- key revoke texas_${short}`;
}

/** A restored database lacks the backups made after its dump, and has its own dump as unfinished. */
async function adoptFolder(database: Database, folder: string): Promise<void> {
  const backups = makeBackupRepository(database);
  for (const { id, kind, file, size, sha256, encrypted, createdAt } of await listFolder(folder)) {
    await backups.adopt({
      ...{ id, kind, file, size, sha256, encrypted },
      places: [folderPlaceName],
      createdAt: Temporal.Instant.from(createdAt),
    });
  }
}

function describeRestored(file: string, restored: Restored): string[] {
  const { how, database, keptAs, tables, foreignObjects, notApplied } = restored;
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  const result = `${file} was restored into ${database}: ${tables.length} tables, ${rows} rows.`;
  if (how === 'filled') return [`${result} The database was empty before.`];
  const old =
    keptAs === null ? 'The previous database is gone.' : `The previous database is now ${keptAs}.`;
  const sentences = [`${result} ${old} Running APIs and workers switch to it automatically.`];
  if (foreignObjects.length > 0) {
    sentences.push(
      `${keptAs} is kept because it also contains objects that do not belong to Texas AI and are in no backup: ${formatNames(foreignObjects)}. Recreate them in ${database}, then drop ${keptAs}.`,
    );
  }
  if (notApplied.length > 0) {
    sentences.push(
      `The role may not restore all settings of the previous database. Run as a superuser in ${database}:`,
      ...notApplied.map((statement) => `  ${statement};`),
    );
  }
  return sentences;
}
