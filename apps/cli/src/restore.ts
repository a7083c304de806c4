import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiKey } from '@texas-ai/access';
import {
  clientFor,
  findBackup,
  folderPlace,
  identityIn,
  listFolder,
  type Manifest,
  manifestFileOf,
  type Restored,
  readManifest,
  restoreBackup,
} from '@texas-ai/backup';
import { makeOwner, systemClock, Temporal, TexasError } from '@texas-ai/kernel';
import {
  type Database,
  knownMigrations,
  makeBackupRepository,
  makeKeyRepository,
  migrate,
  openDatabase,
} from '@texas-ai/storage';
import { backingOf, makeNow, settingsOf } from './backup.js';
import { databaseUrl, withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { migrationSeconds } from './migrate.js';
import { stopSignal } from './stop-signal.js';
import { listed } from './table.js';

export interface RestoreOptions {
  /** Replaces a database that holds something. */
  live: boolean;
  /** A dump whose manifest is lost is taken as it is. */
  unverified: boolean;
  /** False: the database that is replaced is not backed up before. */
  restorePoint: boolean;
  /** The replaced database is kept beside the new one. */
  keepOld: boolean;
  /** A file that holds an age identity; by default the configured one. */
  identity?: string;
}

/**
 * Puts a backup in the database's place and says what it did. Throws what restoring throws; a live
 * database is as it was then.
 */
export async function restore(
  deps: CliDeps,
  named: string,
  options: RestoreOptions,
): Promise<number> {
  const { config, logger, output } = deps;
  const url = databaseUrl(deps);
  const signal = stopSignal();
  await mkdir(config.backup.dir, { recursive: true, mode: 0o700 });
  const fetched = await mkdtemp(join(config.backup.dir, 'fetched-'));
  try {
    const places = settingsOf(deps);
    const file = await findBackup(places, named, fetched, signal);
    const manifest = await manifestOf(file, options);
    const client = await clientFor({ ...places, databaseUrl: url }, signal);
    if (options.live && options.restorePoint) await makeRestorePoint(deps);
    let revived: ApiKey[] = [];
    const restored = await restoreBackup({
      file,
      manifest,
      databaseUrl: url,
      client,
      identity: identityOf(options) ?? places.identity ?? undefined,
      live: options.live,
      keepOld: options.keepOld,
      knownMigrations: await knownMigrations(),
      timeoutMs: places.timeoutMs,
      async beforeSwap(liveUrl, restoredUrl, schema) {
        await opened(deps, { url: restoredUrl, schema }, async (database) => {
          await migrate(database);
        });
        revived = await revivedKeys(deps, liveUrl, restoredUrl, schema);
      },
      onProgress: (step) => output.progress(steps[step]),
      signal,
      logger,
      clock: systemClock,
    });
    await opened(deps, { url }, async (database) => {
      await migrate(database);
      await adoptFolder(database, config.backup.dir);
    });
    for (const sentence of sentencesOf(file, restored)) output.result(sentence);
    for (const key of revived) output.result(revivedSentence(key));
    return 0;
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}

const steps = {
  checking: 'Checking the backup…',
  restoring: 'Restoring it…',
  comparing: 'Comparing every table with what was dumped…',
  preparing: 'Bringing it up to date…',
  swapping: 'Taking it into use…',
} as const;

async function manifestOf(file: string, { unverified }: RestoreOptions): Promise<Manifest | null> {
  try {
    return await readManifest(manifestFileOf(file));
  } catch (error) {
    if (unverified) return null;
    throw new TexasError(
      'backup_invalid',
      `${file} has no manifest beside it, so nobody can tell whether it is whole: put it back, or say --unverified.`,
      { cause: error },
    );
  }
}

function identityOf({ identity: file }: RestoreOptions): string | null {
  if (file === undefined) return null;
  const identity = identityIn(file);
  if (identity !== null) return identity;
  throw new TexasError(
    'backup_wrong_key',
    `${file} cannot be read, or has no line of UTF-8 text that begins with AGE-SECRET-KEY-.`,
  );
}

async function makeRestorePoint(deps: CliDeps): Promise<void> {
  deps.output.progress('Backing up what is to be replaced (--no-restore-point leaves that out)…');
  await withDatabase(deps, 'texas-backup', async (database) => {
    const { file } = await makeNow(deps, backingOf(deps, database), 'restore-point');
    deps.output.progress(`The restore point is ${file}.`);
  });
}

async function opened<T>(
  { config, logger }: CliDeps,
  place: { url: string; schema?: string },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const owner = makeOwner();
  try {
    return await work(
      owner.own(
        openDatabase({
          ...config.database,
          ...place,
          statementTimeoutSeconds: migrationSeconds,
          applicationName: 'texas-restore',
          logger,
        }),
        (each) => each.destroy(),
      ),
    );
  } finally {
    await owner.closeAll();
  }
}

/** Keys that are revoked now and are not in what is restored. */
async function revivedKeys(
  deps: CliDeps,
  liveUrl: string,
  restoredUrl: string,
  schema: string,
): Promise<ApiKey[]> {
  const keysOf = (url: string) =>
    opened(deps, { url, schema }, (database) => makeKeyRepository(database).list());
  const [live, restored] = await Promise.all([keysOf(liveUrl), keysOf(restoredUrl)]);
  const revoked = new Set(live.filter(({ revokedAt }) => revokedAt !== null).map(({ id }) => id));
  return restored.filter(({ id, revokedAt }) => revokedAt === null && revoked.has(id));
}

function revivedSentence({ name, short }: ApiKey): string {
  return `The key “${name}” (texas_${short}) was revoked since and is valid again: npm run texas -- key revoke texas_${short}`;
}

/** What was restored knows of no backup that was made since, and of itself as half made. */
async function adoptFolder(database: Database, folder: string): Promise<void> {
  const backups = makeBackupRepository(database);
  for (const { id, kind, file, size, sha256, encrypted, createdAt } of await listFolder(folder)) {
    await backups.adopt({
      ...{ id, kind, file, size, sha256, encrypted },
      places: [folderPlace],
      createdAt: Temporal.Instant.from(createdAt),
    });
  }
}

function sentencesOf(file: string, restored: Restored): string[] {
  const { how, database, keptAs, tables, notOurs, notCarried } = restored;
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  const what = `${file} is restored into ${database}: ${tables.length} tables, ${rows} rows.`;
  if (how === 'filled') return [`${what} It held nothing before.`];
  const old =
    keptAs === null ? 'What it held before is gone.' : `What it held before is in ${keptAs}.`;
  const sentences = [`${what} ${old} Apis and workers that run go on with it by themselves.`];
  if (notOurs.length > 0) {
    sentences.push(
      `${keptAs} is kept because it also contains objects that do not belong to Texas AI and are in no backup: ${listed(notOurs)}. Recreate them in ${database}, then drop ${keptAs}.`,
    );
  }
  if (notCarried.length > 0) {
    sentences.push(
      `The role may not restore all settings of the previous database. Run as a superuser in ${database}:`,
      ...notCarried.map((statement) => `  ${statement};`),
    );
  }
  return sentences;
}
