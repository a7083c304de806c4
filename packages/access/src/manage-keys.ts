import { TexasError } from '@texas-ai/kernel';
import { type ApiKey, makeKey, shortOf } from './key.js';
import type { KeyRepository } from './repository.js';
import { type Scope, scopes } from './scope.js';

const longestName = 100;

/**
 * Makes a key. Its text is told here and never again. `scopeList` is `read,generate` or the like.
 * Throws `invalid_request` with one sentence, `storage_unavailable`.
 */
export async function createKey(
  keys: Pick<KeyRepository, 'insert'>,
  { name, scopeList }: { name: string; scopeList: string },
): Promise<{ text: string; key: ApiKey }> {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > longestName || /\p{Cc}/u.test(trimmed)) {
    throw new TexasError('invalid_request', `A key's name has 1 to ${longestName} characters.`);
  }
  const { text, short, hash } = makeKey();
  const key = await keys.insert({ short, hash, name: trimmed, scopes: parseScopes(scopeList) });
  return { text, key };
}

function parseScopes(list: string): Scope[] {
  const given = [...new Set(list.split(',').map((each) => each.trim()))];
  const known = scopes.filter((scope) => given.includes(scope));
  if (known.length > 0 && known.length === given.length) return known;
  throw new TexasError('invalid_request', `Scopes are ${scopes.join(', ')}; not “${list}”.`);
}

/**
 * Revokes the key that a person names: its short part, `texas_<short>`, the whole key, or its id.
 * Throws `invalid_request` where there is none or it was revoked before, `storage_unavailable`.
 */
export async function revokeKey(
  keys: Pick<KeyRepository, 'list' | 'revoke'>,
  named: string,
): Promise<ApiKey> {
  const short = shortOf(named) ?? named.replace(/^texas_/, '');
  const found = (await keys.list()).find((key) => key.short === short || key.id === named);
  const revoked = found && (await keys.revoke(found.short));
  if (!revoked) {
    throw new TexasError('invalid_request', 'There is no such key; `key list` shows all of them.');
  }
  if (revoked.already) {
    throw new TexasError('invalid_request', `texas_${revoked.key.short} was revoked before.`);
  }
  return revoked.key;
}
