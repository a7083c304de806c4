import { type ApiKey, createKey, type KeyRepository, revokeKey } from '@texas-ai/access';
import { makeKeyRepository } from '@texas-ai/storage';
import { withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { minute, tableOf } from './table.js';

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
  else if (all.length > 0) deps.output.result(listOf(all));
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

function withKeys<T>(deps: KeyDeps, work: (keys: KeyRepository) => Promise<T>): Promise<T> {
  return withDatabase(deps, 'texas-key', (database) => work(makeKeyRepository(database)));
}

/** The name comes last: it may be long, and wider than it has letters. */
function listOf(keys: readonly ApiKey[]): string {
  return tableOf(
    ['KEY', 'SCOPES', 'CREATED', 'LAST USED', 'REVOKED', 'NAME'],
    keys.map((key) => [
      shown(key),
      key.scopes.join(','),
      minute(key.createdAt),
      minute(key.lastUsedAt),
      minute(key.revokedAt),
      key.name,
    ]),
  );
}

function shown({ short }: ApiKey): string {
  return `texas_${short}`;
}
