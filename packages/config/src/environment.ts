import { resolve } from 'node:path';
import type { Logger } from '@texas-ai/kernel';
import type { Layer } from './layer.js';
import { type Environment, environments } from './schema.js';
import { readTextFile } from './text-file.js';
import { type Tree, withValue } from './tree.js';
import { type Variable, variablesOf } from './variables.js';

/** Names and values as a process gets them. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** A copy of this process's environment without libpq's variables, for the child processes of a launcher. */
export function processEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isLibpqVariable(name)));
}

const isLibpqVariable = (name: string) => /^PG[A-Z]/.test(name);

/**
 * Takes libpq's variables (PGSSLMODE, PGOPTIONS, …) out of this process, because Node's driver reads them as
 * well: the address alone says how a database is reached, to each program the same. Returns the names of
 * those that were set.
 */
export function dropLibpqVariables(): string[] {
  const names = Object.keys(process.env).filter(isLibpqVariable);
  for (const name of names) delete process.env[name];
  return names.sort();
}

/** The same, for a process whose database somebody configured: the log says that they do not count. */
export function ignoreLibpqVariables(logger: Pick<Logger, 'warn'>): void {
  const variables = dropLibpqVariables();
  if (variables.length === 0) return;
  logger.warn('libpq variables are ignored: what they say belongs in the database URL', {
    variables,
  });
}

interface Found {
  /** As the user wrote it: `PORT` or `PORT_FILE`. */
  readonly name: string;
  readonly value: string;
}

/**
 * The value of `NAME`, or the content of the file that `NAME_FILE` names, relative to the root, without the
 * white space around it. What is empty counts as unset.
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

function settingOf({ kind }: Variable, text: string): unknown {
  if (kind === 'number') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (kind === 'flag') return { true: true, false: false }[text] ?? text;
  if (kind === 'text' || text === 'all') return text;
  return text.split(',').map((part) => part.trim());
}

/** The environment as a layer. */
export function environmentLayer(root: string, environment: ProcessEnvironment): Layer {
  const names = new Map<string, string>();
  let tree: Tree = {};
  const unread: Layer['unread'][number][] = [];
  for (const variable of variablesOf(environment)) {
    const { path, name } = variable;
    const problems: string[] = [];
    const found = find(root, environment, name, problems);
    unread.push(...problems.map((problem) => ({ path, problem })));
    if (found === undefined) continue;
    names.set(path, found.name);
    tree = withValue(tree, path, settingOf(variable, found.value));
  }
  return { tree, unread, nameOf: (path) => names.get(path) ?? path };
}

/** The environment that NODE_ENV names, development where it is unset or wrong. */
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
