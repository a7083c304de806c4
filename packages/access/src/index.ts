export {
  type ApiKey,
  allows,
  hashKey,
  makeKey,
  matchesHash,
  type Scope,
  scopes,
  shortPartOf,
} from './key.js';
export { createKey, revokeKey } from './manage-keys.js';
export type { KeyRepository } from './repository.js';
