import { unstorableTexts } from '@texas-ai/kernel';
import { createDefu } from 'defu';
import { settingsSchema } from './schema.js';
import { isTree, type Tree, valueAt, without, withoutUnset } from './tree.js';
import { mayShow } from './variables.js';
import type { YamlFile } from './yaml-file.js';

/** One source of settings. */
export interface Layer {
  readonly tree: Tree;
  /** Settings that the user did set, but whose value could not be read, and why. */
  readonly unread: readonly { readonly path: string; readonly problem: string }[];
  /** The setting at a dotted path by the name the user gave it. */
  nameOf(path: string): string;
}

const longestShown = 60;

/** A YAML file as a layer; a missing file gives none, an unreadable one adds to `problems`. */
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
    unread: [],
    nameOf: (path) => `${yaml.file}: ${path}`,
  };
}

/** The layer's settings without the wrong ones, each of which adds a line to `problems`. */
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
        lines.add(`${layer.nameOf([...issue.path, key].join('.'))}: there is no such setting`);
        valid = without(valid, [...issue.path, key]);
      }
    } else {
      const path = issue.path.join('.');
      const got = shown(path, valueAt(layer.tree, path));
      lines.add(`${layer.nameOf(path)}: expected ${issue.message}${got}`);
      valid = without(valid, issue.path);
    }
  }
  problems.push(...lines);
  return wholeParts(valid);
}

/** Without what lacks a part that was wrong, and cannot be without it: half a price is none. */
function wholeParts(tree: Tree): Tree {
  const issues = settingsSchema.safeParse(tree).error?.issues ?? [];
  if (issues.length === 0) return tree;
  const parentOf = (path: readonly PropertyKey[]) => path.slice(0, Math.max(1, path.length - 1));
  return wholeParts(issues.reduce((rest, { path }) => without(rest, parentOf(path)), tree));
}

function shown(path: string, value: unknown): string {
  if (!mayShow(path)) return '';
  if (Array.isArray(value)) return `, got ${cut(value.join(','))}`;
  if (isTree(value)) return ', got a mapping';
  const hint = typeof value === 'string' && serviceLink.test(value) ? serviceLinkHint : '';
  return `, got ${cut(JSON.stringify(value) ?? 'nothing')}${hint}`;
}

/** Kubernetes, and Docker's old links, set `REDIS_PORT=tcp://…` for a service that is called redis. */
const serviceLink = /^(tcp|udp|sctp):\/\//;
const serviceLinkHint =
  ', which Kubernetes sets for a service of that name: set enableServiceLinks: false for the pod';

function cut(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

// By default defu joins lists; here a later layer's list replaces the earlier one, and so does a price:
// what was announced for the one before is not announced for it.
const merge = createDefu((earlier, key, later, namespace) => {
  if (!Array.isArray(later) && namespace !== 'budget.prices') return false;
  Object.assign(earlier, { [key]: later });
  return true;
});

/** All layers in one, later wins. */
export function mergeLayers(trees: readonly Tree[]): Tree {
  return trees.reduce((earlier, later) => merge(later, earlier), {});
}

/** What stands for a server beside its URL. */
const partsOf = {
  database: ['host', 'port', 'user', 'password', 'name'],
  redis: ['host', 'port', 'password'],
};

/**
 * The layers without the form of a server's address that does not count, and is not judged therefore. A
 * server is given as one URL or in parts: the layer that gives either form last decides, and within one layer
 * the URL does. Where none gives a URL or a host, the server is a private one, of which no part is used.
 */
export function withoutUnusedForms(layers: readonly Layer[]): Layer[] {
  return Object.entries(partsOf).reduce<Layer[]>(
    (kept, [section, parts]) => {
      const [url, host] = [`${section}.url`, `${section}.host`];
      const deciding = kept.findLast((layer) => gives(layer, url) || gives(layer, host));
      const unused = !deciding || gives(deciding, url) ? parts : ['url'];
      return kept.map((layer) => withoutSettings(layer, section, unused));
    },
    [...layers],
  );
}

/** Also where its value could not be read. */
export function gives({ tree, unread }: Layer, path: string): boolean {
  return valueAt(tree, path) !== undefined || unread.some((each) => each.path === path);
}

function withoutSettings(layer: Layer, section: string, names: readonly string[]): Layer {
  const { tree, unread } = layer;
  const given = names.filter((name) => valueAt(tree, `${section}.${name}`) !== undefined);
  return {
    ...layer,
    tree: given.reduce<Tree>((rest, name) => without(rest, [section, name]), tree),
    unread: unread.filter(({ path }) => !names.some((name) => path === `${section}.${name}`)),
  };
}
