import { unstorableTexts } from '@texas-ai/kernel';
import { createDefu } from 'defu';
import type { YamlFile } from './files.js';
import { settingsSchema } from './schema.js';
import { isTree, type Tree, valueAt, without, withoutUnset } from './tree.js';
import { mayShow } from './variables.js';

/** One source of settings. */
export interface Layer {
  readonly tree: Tree;
  /** Settings that are set, but whose value could not be read. */
  readonly unreadable: readonly { readonly path: string; readonly problem: string }[];
  /** The name under which the user set the setting at this path. */
  nameOf(path: string): string;
}

/** A YAML file as a layer; undefined if it is missing or unreadable. An unreadable file adds to `problems`. */
export function fileLayer(yaml: YamlFile, problems: string[]): Layer | undefined {
  if ('missing' in yaml) {
    if (!yaml.missing) problems.push(...yaml.problems);
    return undefined;
  }
  const content = yaml.content ?? {};
  if (!isTree(content)) {
    problems.push(`${yaml.file}: expected a mapping of settings`);
    return undefined;
  }
  return {
    tree: withoutUnset(content),
    unreadable: [],
    nameOf: (path) => `${yaml.file}: ${path}`,
  };
}

/** The layer's valid settings. Each invalid one adds a line to `problems`. */
export function validPart(layer: Layer, problems: string[]): Tree {
  const issues = settingsSchema.safeParse(layer.tree).error?.issues ?? [];
  let valid = layer.tree;
  const lines = new Set<string>();
  for (const { path, expected } of unstorableTexts(layer.tree)) {
    lines.add(`${layer.nameOf(path.join('.'))}: expected ${expected}`);
    valid = without(valid, path);
  }
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        lines.add(`${layer.nameOf([...issue.path, key].join('.'))}: unknown setting`);
        valid = without(valid, [...issue.path, key]);
      }
    } else {
      const path = issue.path.join('.');
      const got = describeValue(path, valueAt(layer.tree, path));
      lines.add(`${layer.nameOf(path)}: expected ${issue.message}${got}`);
      valid = without(valid, issue.path);
    }
  }
  problems.push(...lines);
  return withoutIncomplete(valid);
}

/** Drops an entry that lost a required field because it was invalid, for example a price without `output`. */
function withoutIncomplete(tree: Tree): Tree {
  const issues = settingsSchema.safeParse(tree).error?.issues ?? [];
  if (issues.length === 0) return tree;
  const parentOf = (path: readonly PropertyKey[]) => path.slice(0, Math.max(1, path.length - 1));
  return withoutIncomplete(issues.reduce((rest, { path }) => without(rest, parentOf(path)), tree));
}

function describeValue(path: string, value: unknown): string {
  if (!mayShow(path)) return '';
  if (Array.isArray(value)) return `, got ${truncated(value.join(','))}`;
  if (isTree(value)) return ', got a mapping';
  const hint = typeof value === 'string' && serviceLink.test(value) ? serviceLinkHint : '';
  return `, got ${truncated(JSON.stringify(value) ?? 'nothing')}${hint}`;
}

/** Kubernetes service links set, for example, `REDIS_PORT=tcp://…` for a service named redis. */
const serviceLink = /^(tcp|udp|sctp):\/\//;
const serviceLinkHint =
  ', which Kubernetes sets for a service of that name: set enableServiceLinks: false for the pod';

const maxShown = 60;

function truncated(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

// Lists and prices replace the earlier value instead of being merged into it. Otherwise a price would inherit the
// announced change (`next`) of the price that it replaces.
const merge = createDefu((earlier, key, later, namespace) => {
  if (!Array.isArray(later) && namespace !== 'budget.prices') return false;
  Object.assign(earlier, { [key]: later });
  return true;
});

/** Merges the layers; later wins. */
export function mergeLayers(trees: readonly Tree[]): Tree {
  return trees.reduce((earlier, later) => merge(later, earlier), {});
}

/** The settings that give a server's address in parts instead of as a URL. */
const addressParts = {
  database: ['host', 'port', 'user', 'password', 'name'],
  redis: ['host', 'port', 'password'],
};

/**
 * Drops the unused form of each server's address, so that it is not validated. An address is a URL or parts;
 * the last layer that sets a URL or a host decides, and within one layer the URL wins. If no layer sets either, the
 * server is a private one and the parts are unused.
 */
export function withoutUnusedAddresses(layers: readonly Layer[]): Layer[] {
  return Object.entries(addressParts).reduce<Layer[]>(
    (kept, [section, parts]) => {
      const [url, host] = [`${section}.url`, `${section}.host`];
      const deciding = kept.findLast((layer) => sets(layer, url) || sets(layer, host));
      const unused = !deciding || sets(deciding, url) ? parts : ['url'];
      return kept.map((layer) => withoutSettings(layer, section, unused));
    },
    [...layers],
  );
}

/** Whether a layer sets a setting, even to an unreadable value. */
export function sets({ tree, unreadable }: Layer, path: string): boolean {
  return valueAt(tree, path) !== undefined || unreadable.some((each) => each.path === path);
}

function withoutSettings(layer: Layer, section: string, names: readonly string[]): Layer {
  const { tree, unreadable } = layer;
  const given = names.filter((name) => valueAt(tree, `${section}.${name}`) !== undefined);
  return {
    ...layer,
    tree: given.reduce<Tree>((rest, name) => without(rest, [section, name]), tree),
    unreadable: unreadable.filter(
      ({ path }) => !names.some((name) => path === `${section}.${name}`),
    ),
  };
}
