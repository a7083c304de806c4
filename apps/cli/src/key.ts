import { type ApiKey, createKey, type KeyRepository, revokeKey } from '@texas-ai/access';
import { makeOwner, type Temporal, TexasError } from '@texas-ai/kernel';
import { runningDatabaseUrl } from '@texas-ai/local-services';
import {
  type Database,
  makeKeyRepository,
  openDatabase,
  pendingMigrations,
} from '@texas-ai/storage';
import type { CliDeps } from './deps.js';

/** What the commands need of the command line. */
export type KeyDeps = Pick<CliDeps, 'config' | 'logger' | 'output'>;

export interface KeyOptions {
  json: boolean;
}

/**
 * Makes a key and prints it, this once, alone on stdout. Throws `invalid_request` for a bad name or
 * scope, and what opening the database throws.
 */
export async function createApiKey(
  deps: KeyDeps,
  name: string,
  { scope, json }: KeyOptions & { scope: string },
): Promise<number> {
  const { text, key } = await withKeys(deps, (keys) => createKey(keys, { name, scopeList: scope }));
  deps.output.progress(
    `The key “${key.name}” may ${key.scopes.join(', ')}. It is shown this once and kept nowhere; ` +
      `“key revoke ${shown(key)}” ends it.`,
  );
  deps.output.result(json ? JSON.stringify({ key: text, ...key }, null, 2) : text);
  return 0;
}

/** Prints every key, newest first, without the part that is secret. */
export async function listApiKeys(deps: KeyDeps, { json }: KeyOptions): Promise<number> {
  const all = await withKeys(deps, (keys) => keys.list());
  if (json) deps.output.result(JSON.stringify(all, null, 2));
  else if (all.length > 0) deps.output.result(tableOf(all));
  else deps.output.progress('There are no keys. “key create NAME” makes one.');
  return 0;
}

/**
 * Revokes the key of this short part, `texas_<short>` or id. Throws `invalid_request` where there is
 * none or it was revoked before.
 */
export async function revokeApiKey(
  deps: KeyDeps,
  named: string,
  { json }: KeyOptions,
): Promise<number> {
  const key = await withKeys(deps, (keys) => revokeKey(keys, named));
  deps.output.result(
    json
      ? JSON.stringify(key, null, 2)
      : `${shown(key)} (${key.name}) is revoked; every api refuses it within seconds.`,
  );
  return 0;
}

/** Opens the database that is configured, else the private one of a running `npm start`. */
async function withKeys<T>(
  { config, logger }: KeyDeps,
  work: (keys: KeyRepository) => Promise<T>,
): Promise<T> {
  const url = config.database.url ?? runningDatabaseUrl(config.home);
  if (url === null) {
    throw new TexasError(
      'local_service_failed',
      'No database is running here: run npm start in another terminal, or set DATABASE_URL.',
    );
  }
  const owner = makeOwner();
  try {
    const database = owner.own(
      openDatabase({ ...config.database, url, applicationName: 'texas-key', logger }),
      (each) => each.destroy(),
    );
    await assertUpToDate(database, config.database.url === null);
    return await work(makeKeyRepository(database));
  } finally {
    await owner.closeAll();
  }
}

async function assertUpToDate(database: Database, isPrivate: boolean): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return;
  const remedy = isPrivate
    ? 'Stop npm start and run it again, which brings it up to date.'
    : 'Run: npm run texas -- migrate';
  throw new TexasError(
    'storage_unavailable',
    `The database lacks the migrations ${pending.join(', ')}. ${remedy}`,
  );
}

/** The name comes last: it may be long, and wider than it has letters. */
function tableOf(keys: readonly ApiKey[]): string {
  const heads = ['KEY', 'SCOPES', 'CREATED', 'LAST USED', 'REVOKED', 'NAME'];
  const rows = keys.map((key) => [
    shown(key),
    key.scopes.join(','),
    minute(key.createdAt),
    minute(key.lastUsedAt),
    minute(key.revokedAt),
    key.name,
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function shown({ short }: ApiKey): string {
  return `texas_${short}`;
}

function minute(instant: Temporal.Instant | null): string {
  return instant === null ? '-' : instant.toString({ smallestUnit: 'minute' });
}
