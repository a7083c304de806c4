export { bootstrapKey } from './bootstrap-key.js';
export { type CharacterFile, readCharacterFiles } from './characters.js';
export type {
  AuthoringConfig,
  Config,
  DatabaseConfig,
  MattermostConfig,
  WeatherConfig,
} from './config.js';
export {
  dropLibpqVariables,
  ignoreLibpqVariables,
  type ProcessEnvironment,
  processEnvironment,
} from './environment.js';
export { ownSegments } from './fields.js';
export { type LoadOptions, loadConfig } from './load-config.js';
export { configExitCode, configInvalid, formatConfigProblems } from './problems.js';
export { type Needs, unknownPrice } from './requirements.js';
export type { Environment } from './schema.js';
export { secretsOf } from './secrets.js';
export { productVersion } from './version.js';
