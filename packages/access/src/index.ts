export { type ApiKey, hashOf, isKey, makeKey, type NewKey, shortOf } from './key.js';
export { createKey, revokeKey } from './manage-keys.js';
export type { KeyRepository } from './repository.js';
export { allows, type Scope, scopes } from './scope.js';
