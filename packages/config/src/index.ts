export { bootstrapKey } from './bootstrap-key.js';
export { type CharacterFile, readCharacterFiles } from './characters.js';
export type { Config } from './config.js';
export {
  dropLibpqVariables,
  ignoreLibpqVariables,
  type ProcessEnvironment,
  processEnvironment,
} from './environment.js';
export { reservedSegments } from './fields.js';
export { productVersion } from './files.js';
export { type LoadOptions, loadConfig } from './load-config.js';
export { configExitCode, configInvalid, formatConfigProblems } from './problems.js';
export { type Needs, settingsWithoutEffect, unknownPrice } from './requirements.js';
export type { Environment } from './schema.js';
export { secretsOf } from './secrets.js';
