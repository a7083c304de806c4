import { type Config, makeConfig } from './config.js';
import { environmentLayer, nodeEnvironment, type ProcessEnvironment } from './environment.js';
import { fileLayer, gives, mergeLayers, validPart, withoutUnusedForms } from './layer.js';
import { configInvalid } from './problems.js';
import { missingSettings, type Needs } from './requirements.js';
import { settingsSchema } from './schema.js';
import { readYamlFile } from './yaml-file.js';

export interface LoadOptions<AppNeeds extends Needs> {
  /** Folder of the repository, which holds `config/`. */
  readonly root: string;
  /** By default this process's. */
  readonly environment?: ProcessEnvironment;
  readonly needs?: AppNeeds;
}

type Needed<Answer> = Answer extends true ? string : string | null;

/**
 * The configuration out of its layers, later wins: defaults, `config/base.yml`,
 * `config/$NODE_ENV.yml`, `config/local.yml`, the environment.
 *
 * @throws TexasError `config_invalid` with every problem, one line each, in `details.problems`.
 */
export function loadConfig<const AppNeeds extends Needs = Record<never, never>>(
  options: LoadOptions<AppNeeds>,
): Config<Needed<AppNeeds['database']>, Needed<AppNeeds['redis']>>;
export function loadConfig(options: LoadOptions<Needs>): Config {
  const { root, environment = process.env, needs = {} } = options;
  const problems: string[] = [];
  const name = nodeEnvironment(root, environment, problems);
  const files = ['base', name, 'local'].map((layer) => readYamlFile(root, `config/${layer}.yml`));
  const layers = withoutUnusedForms([
    ...files.flatMap((yaml) => fileLayer(yaml, problems) ?? []),
    environmentLayer(root, environment),
  ]);
  problems.push(...layers.flatMap(({ unread }) => unread.map(({ problem }) => problem)));

  const merged = mergeLayers(layers.map((layer) => validPart(layer, problems)));
  const settings = settingsSchema.parse(merged);
  const isGiven = (path: string) => layers.some((layer) => gives(layer, path));
  problems.push(...missingSettings(settings, isGiven, name, needs));
  if (problems.length > 0) throw configInvalid(problems);
  return makeConfig(root, name, settings);
}
