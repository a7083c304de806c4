import { TexasError } from '@texas-ai/kernel';
import { type ApiKey, makeKey, type Scope, scopes, shortPartOf } from './key.js';
import type { KeyRepository } from './repository.js';

const maxNameLength = 100;

/**
 * Creates a key. Its text is not stored and cannot be retrieved later. `scopeList` is a list such as
 * `read,generate`. Throws `invalid_request` and `storage_unavailable`.
 */
export async function createKey(
  keys: Pick<KeyRepository, 'insert'>,
  { name, scopeList }: { name: string; scopeList: string },
): Promise<{ text: string; key: ApiKey }> {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > maxNameLength || /\p{Cc}/u.test(trimmed)) {
    throw new TexasError(
      'invalid_request',
      `A key's name must have 1 to ${maxNameLength} characters.`,
    );
  }
  const { text, short, hash } = makeKey();
  const key = await keys.insert({ short, hash, name: trimmed, scopes: parseScopes(scopeList) });
  return { text, key };
}

function parseScopes(list: string): Scope[] {
  const given = [...new Set(list.split(',').map((each) => each.trim()))];
  const known = scopes.filter((scope) => given.includes(scope));
  if (known.length > 0 && known.length === given.length) return known;
  throw new TexasError(
    'invalid_request',
    `“${list}” is not a valid list of scopes, which are ${scopes.join(', ')}.`,
  );
}

/**
 * Revokes a key, given by its short part, `texas_<short>`, the whole key, or its id. Throws
 * `invalid_request` if it does not exist or is already revoked, and `storage_unavailable`.
 */
export async function revokeKey(
  keys: Pick<KeyRepository, 'list' | 'revoke'>,
  name: string,
): Promise<ApiKey> {
  const short = shortPartOf(name) ?? name.replace(/^texas_/, '');
  const found = (await keys.list()).find((key) => key.short === short || key.id === name);
  const revoked = found && (await keys.revoke(found.short));
  if (!revoked) {
    throw new TexasError('invalid_request', 'There is no such key; `key list` shows all keys.');
  }
  if (revoked.already) {
    throw new TexasError('invalid_request', `texas_${revoked.key.short} is already revoked.`);
  }
  return revoked.key;
}
