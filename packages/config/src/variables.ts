import { z } from 'zod';
import { settingsSchema } from './schema.js';

export interface Setting {
  /** Dotted, for example `server.port`. */
  readonly path: string;
  readonly schema: z.core.$ZodType;
  /** `env` of the schema's metadata. */
  readonly env: readonly string[];
  readonly secret: boolean;
}

export const allSettings: readonly Setting[] = settingsIn(settingsSchema, []);

function settingsIn(schema: z.core.$ZodType, path: readonly string[]): Setting[] {
  const { env = [], secret = false } = z.globalRegistry.get(schema) ?? {};
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject
    ? Object.entries(inner.shape).flatMap(([name, child]) => settingsIn(child, [...path, name]))
    : [{ path: path.join('.'), schema, env: [env].flat(), secret }];
}

/** The schema without its defaults, nullability and transforms. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  const isWrapper =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable;
  return isWrapper ? unwrapped(schema.unwrap()) : schema;
}

/** An environment variable and the setting it sets. */
export interface Variable {
  readonly name: string;
  readonly path: string;
  readonly type: 'string' | 'number' | 'boolean' | 'list';
}

/** The environment variables of all settings. Those of alert channels are included only if they are set. */
export function variablesOf(environment: Readonly<Record<string, string | undefined>>): Variable[] {
  return allSettings.flatMap(({ path, schema, env }) => {
    const type = typeOf(schema);
    return env.flatMap((name) =>
      name.includes(channel)
        ? channelsIn(environment, name).map((key) => ({
            name: name.replace(channel, key),
            path: `${path}.${key.toLowerCase()}`,
            type: 'string' as const,
          }))
        : [{ name, path, type }],
    );
  });
}

function typeOf(schema: z.core.$ZodType): Variable['type'] {
  const inner = unwrapped(schema);
  if (z.globalRegistry.get(schema)?.list) return 'list';
  if (inner instanceof z.ZodNumber) return 'number';
  return inner instanceof z.ZodBoolean ? 'boolean' : 'string';
}

const channel = '<CHANNEL>';

function channelsIn(environment: object, template: string): string[] {
  const pattern = new RegExp(`^${template.replace(channel, '([A-Z][A-Z0-9_]*?)')}(?:_FILE)?$`);
  return [...new Set(Object.keys(environment).flatMap((name) => pattern.exec(name)?.[1] ?? []))];
}

/** Whether the value at a path may be shown: it is not a secret, part of one, or contains one. */
export function mayShow(path: string): boolean {
  return !allSettings.some(
    (setting) =>
      setting.secret &&
      (`${setting.path}.`.startsWith(`${path}.`) || path.startsWith(`${setting.path}.`)),
  );
}
