import { type ApiKey, createKey, type KeyRepository, revokeKey } from '@texas-ai/access';
import { makeKeyRepository } from '@texas-ai/storage';
import { withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { formatJson, formatMinute, formatTable } from './output.js';

export type KeyDeps = Pick<CliDeps, 'config' | 'logger' | 'output'>;

export interface KeyOptions {
  json: boolean;
}

/** Creates a key and prints only the key on stdout. Throws `invalid_request` if the name or scope is invalid. */
export async function createApiKey(
  deps: KeyDeps,
  name: string,
  { scope, json }: KeyOptions & { scope: string },
): Promise<number> {
  const { text, key } = await withKeys(deps, (keys) => createKey(keys, { name, scopeList: scope }));
  deps.output.progress(
    `The key “${key.name}” has the scopes ${key.scopes.join(', ')}. It is not stored and cannot be shown again. ` +
      `Revoke it with “key revoke ${nameOf(key)}”.`,
  );
  deps.output.result(json ? formatJson({ key: text, ...key }) : text);
  return 0;
}

/** Prints all keys without their secret part, newest first. */
export async function listApiKeys(deps: KeyDeps, { json }: KeyOptions): Promise<number> {
  const all = await withKeys(deps, (keys) => keys.list());
  if (json) deps.output.result(formatJson(all));
  else if (all.length > 0) deps.output.result(formatKeys(all));
  else deps.output.progress('There are no keys. Create one with “key create NAME”.');
  return 0;
}

/**
 * Revokes a key, given by its short part, `texas_<short>` or id. Throws `invalid_request` if there is no such key
 * or it is already revoked.
 */
export async function revokeApiKey(
  deps: KeyDeps,
  keyName: string,
  { json }: KeyOptions,
): Promise<number> {
  const key = await withKeys(deps, (keys) => revokeKey(keys, keyName));
  deps.output.result(
    json
      ? formatJson(key)
      : `${nameOf(key)} (${key.name}) is revoked. Every API process rejects it within seconds.`,
  );
  return 0;
}

function withKeys<T>(deps: KeyDeps, work: (keys: KeyRepository) => Promise<T>): Promise<T> {
  return withDatabase(deps, 'texas-key', (database) => work(makeKeyRepository(database)));
}

/** The name is the last column, because it may be long and contain wide characters. */
function formatKeys(keys: readonly ApiKey[]): string {
  return formatTable(
    ['KEY', 'SCOPES', 'CREATED', 'LAST USED', 'REVOKED', 'NAME'],
    keys.map((key) => [
      nameOf(key),
      key.scopes.join(','),
      formatMinute(key.createdAt),
      formatMinute(key.lastUsedAt),
      formatMinute(key.revokedAt),
      key.name,
    ]),
  );
}

function nameOf({ short }: ApiKey): string {
  return `texas_${short}`;
}
