import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './product.js';

export const composeFile = join(root, 'docker/compose.yml');

export interface Service {
  image: string;
  build?: { context: string; dockerfile: string; target: string; args: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  env_file?: { path: string; required: boolean }[];
  secrets?: string[];
  volumes?: string[];
  ports?: string[];
  networks?: string[];
  depends_on?: string[] | Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  logging?: { driver: string; options: Record<string, string> };
  user?: string;
  restart?: string;
  profiles?: string[];
  read_only?: boolean;
  init?: boolean;
  container_name?: string;
  deploy?: { replicas: string };
  stop_grace_period?: string;
  mem_limit?: string;
}

export interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
}

/** The compose file with these variables: merged and interpolated. */
export function readCompose(variables: Readonly<Record<string, string>> = {}): Compose {
  const written = parse(readFileSync(composeFile, 'utf8'), { merge: true });
  return interpolated(written, variables) as Compose;
}

/** Returns the service of this name; throws if there is none. */
export function serviceOf({ services }: Compose, name: string): Service {
  const service = services[name];
  if (!service) throw new Error(`There is no service ${name}.`);
  return service;
}

/** All variables of the compose file, with their defaults. */
export function composeVariables(): Map<string, string> {
  const text = readFileSync(composeFile, 'utf8');
  return new Map(
    [...text.matchAll(variable)].flatMap(([, , name, fallback = '']) =>
      name === undefined ? [] : [[name, fallback]],
    ),
  );
}

const variable = /\$(\$|\{([A-Z_]+)(?::-([^}]*))?\})/g;

function interpolated(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    return value.replace(variable, (_all, escaped: string, name: string, fallback = '') =>
      escaped === '$' ? '$' : variables[name] || fallback,
    );
  }
  if (Array.isArray(value)) return value.map((each) => interpolated(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, interpolated(each, variables)]),
  );
}
