import { type Config, resolveConfig } from './config.js';
import { environmentLayer, nodeEnvironment, type ProcessEnvironment } from './environment.js';
import { readYamlFile } from './files.js';
import { fileLayer, mergeLayers, sets, validPart, withoutUnusedAddresses } from './layer.js';
import { configInvalid } from './problems.js';
import { type Needs, unmetRequirements } from './requirements.js';
import { settingsSchema } from './schema.js';

export interface LoadOptions<AppNeeds extends Needs> {
  /** Root of the repository, which contains `config/`. */
  readonly root: string;
  /** Default: this process's. */
  readonly environment?: ProcessEnvironment;
  readonly needs?: AppNeeds;
}

type UrlIf<Needed> = Needed extends true ? string : string | null;

/** Where production differs from the defaults of the schema. */
const productionDefaults = {
  server: { host: '0.0.0.0', drainSeconds: 5 },
  logging: { format: 'json' },
};

/**
 * The configuration from its layers, later wins: defaults, `config/base.yml`, `config/$NODE_ENV.yml`,
 * `config/local.yml`, the environment.
 *
 * @throws TexasError `config_invalid` with all problems, one line each, in `details.problems`.
 */
export function loadConfig<const AppNeeds extends Needs = Record<never, never>>(
  options: LoadOptions<AppNeeds>,
): Config<UrlIf<AppNeeds['database']>, UrlIf<AppNeeds['redis']>>;
export function loadConfig(options: LoadOptions<Needs>): Config {
  const { root, environment = process.env, needs = {} } = options;
  const problems: string[] = [];
  const name = nodeEnvironment(root, environment, problems);
  const files = ['base', name, 'local'].map((layer) => readYamlFile(root, `config/${layer}.yml`));
  const layers = withoutUnusedAddresses([
    ...files.flatMap((yaml) => fileLayer(yaml, problems) ?? []),
    environmentLayer(root, environment),
  ]);
  problems.push(...layers.flatMap(({ unreadable }) => unreadable.map(({ problem }) => problem)));

  const defaults = name === 'production' ? productionDefaults : {};
  const merged = mergeLayers([defaults, ...layers.map((layer) => validPart(layer, problems))]);
  const settings = settingsSchema.parse(merged);
  const isSet = (path: string) => layers.some((layer) => sets(layer, path));
  problems.push(...unmetRequirements(settings, isSet, name, needs));
  if (problems.length > 0) throw configInvalid(problems);
  return resolveConfig(root, name, settings);
}
