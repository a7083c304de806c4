import { resolve } from 'node:path';
import type { Logger } from '@texas-ai/kernel';
import { readTextFile } from './files.js';
import type { Layer } from './layer.js';
import { type Environment, environments } from './schema.js';
import { type Tree, withValue } from './tree.js';
import { type Variable, variablesOf } from './variables.js';

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** A copy of this process's environment without libpq's variables, for child processes. */
export function processEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isLibpqVariable(name)));
}

const isLibpqVariable = (name: string) => /^PG[A-Z]/.test(name);

/**
 * Removes libpq's variables (PGSSLMODE, PGOPTIONS, …) from this process, because the Node.js driver reads them
 * too. The URL alone determines how every program connects. Returns the names of the removed variables.
 */
export function dropLibpqVariables(): string[] {
  const names = Object.keys(process.env).filter(isLibpqVariable);
  for (const name of names) delete process.env[name];
  return names.sort();
}

/** Drops libpq's variables and logs a warning if there were any. */
export function ignoreLibpqVariables(logger: Pick<Logger, 'warn'>): void {
  const variables = dropLibpqVariables();
  if (variables.length === 0) return;
  logger.warn('libpq variables are ignored: put these options into the database URL', {
    variables,
  });
}

interface Found {
  /** The name that is set: `PORT` or `PORT_FILE`. */
  readonly name: string;
  readonly value: string;
}

/**
 * The value of `NAME`, or the content of the file that `NAME_FILE` names, relative to the root. Surrounding
 * white space is removed; an empty value counts as unset.
 */
function find(
  root: string,
  environment: ProcessEnvironment,
  name: string,
  problems: string[],
): Found | undefined {
  const direct = (environment[name] ?? '').trim();
  const file = (environment[`${name}_FILE`] ?? '').trim();
  if (direct !== '' && file !== '') {
    problems.push(`${name}: expected either ${name} or ${name}_FILE, but both are set`);
    return undefined;
  }
  if (file === '') return direct === '' ? undefined : { name, value: direct };
  const path = resolve(root, file);
  const read = readTextFile(path, path);
  if ('problem' in read) {
    problems.push(`${name}_FILE: ${read.problem}`);
    return undefined;
  }
  const value = read.text.trim();
  return value === '' ? undefined : { name: `${name}_FILE`, value };
}

/** The text as a value of the variable's type; unchanged if it is none, for the schema to reject. */
function parseValue({ type }: Variable, text: string): unknown {
  if (type === 'number') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return { true: true, false: false }[text] ?? text;
  if (type === 'string' || text === 'all') return text;
  return text.split(',').map((part) => part.trim());
}

/** The environment as a layer. */
export function environmentLayer(root: string, environment: ProcessEnvironment): Layer {
  const names = new Map<string, string>();
  let tree: Tree = {};
  const unreadable: Layer['unreadable'][number][] = [];
  for (const variable of variablesOf(environment)) {
    const { path, name } = variable;
    const problems: string[] = [];
    const found = find(root, environment, name, problems);
    unreadable.push(...problems.map((problem) => ({ path, problem })));
    if (found === undefined) continue;
    names.set(path, found.name);
    tree = withValue(tree, path, parseValue(variable, found.value));
  }
  return { tree, unreadable, nameOf: (path) => names.get(path) ?? path };
}

/** The environment that NODE_ENV names; `development` if it is unset or invalid. */
export function nodeEnvironment(
  root: string,
  environment: ProcessEnvironment,
  problems: string[],
): Environment {
  const found = find(root, environment, 'NODE_ENV', problems);
  if (found === undefined) return 'development';
  const known = environments.find((name) => name === found.value);
  if (known !== undefined) return known;
  const expected = environments.join(' or ');
  problems.push(`${found.name}: expected ${expected}, got ${JSON.stringify(found.value)}`);
  return 'development';
}
