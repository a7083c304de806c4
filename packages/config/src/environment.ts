import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Layer } from './layer.js';
import { systemCode } from './problems.js';
import { type Environment, environments } from './schema.js';
import { type Tree, withValue } from './tree.js';
import { type Variable, variablesOf } from './variables.js';

/** Names and values as a process gets them. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** A copy of this process's environment, for the child processes of a launcher. */
export function processEnvironment(): Record<string, string | undefined> {
  return { ...process.env };
}

interface Found {
  /** As the user wrote it: `PORT` or `PORT_FILE`. */
  readonly name: string;
  readonly value: string;
}

/**
 * The value of `NAME`, or the content of the file that `NAME_FILE` names, relative to the root,
 * without its trailing newline. What is empty counts as unset.
 */
function find(
  root: string,
  environment: ProcessEnvironment,
  name: string,
  problems: string[],
): Found | undefined {
  const direct = environment[name] ?? '';
  const file = environment[`${name}_FILE`] ?? '';
  if (direct.trim() !== '' && file.trim() !== '') {
    problems.push(`${name}: expected either ${name} or ${name}_FILE, but both are set`);
    return undefined;
  }
  if (file.trim() === '') return direct.trim() === '' ? undefined : { name, value: direct };
  try {
    const value = readFileSync(resolve(root, file), 'utf8').replace(/[\r\n]+$/, '');
    return value.trim() === '' ? undefined : { name: `${name}_FILE`, value };
  } catch (failure) {
    problems.push(`${name}_FILE: ${resolve(root, file)} cannot be read (${systemCode(failure)})`);
    return undefined;
  }
}

function settingOf(variable: Variable, text: string): unknown {
  if (variable.hidden) return text;
  const trimmed = text.trim();
  if (variable.kind === 'number') return /^-?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
  if (variable.kind === 'flag') return { true: true, false: false }[trimmed] ?? trimmed;
  if (variable.kind === 'text' || trimmed === 'all') return trimmed;
  return trimmed.split(',').map((part) => part.trim());
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
  const known = environments.find((name) => name === found.value.trim());
  if (known !== undefined) return known;
  const expected = environments.join(' or ');
  problems.push(`${found.name}: expected ${expected}, got ${JSON.stringify(found.value)}`);
  return 'development';
}
