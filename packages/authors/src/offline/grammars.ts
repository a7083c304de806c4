import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language, Profile } from '@texas-ai/life';
import { parse } from 'yaml';
import { type Grammar, grammarSchema } from './grammar.js';

const folder = fileURLToPath(new URL('grammars', import.meta.url));
const grammars: Record<Language, Grammar> = {
  zh: readGrammar(join(folder, 'zh')),
  en: readGrammar(join(folder, 'en')),
};

export function grammarOf(profile: Pick<Profile, 'language'>): Grammar {
  return grammars[profile.language];
}

/** Reads a language's folder. Throws an error with one line per problem: file, path and problem. */
export function readGrammar(languageFolder: string): Grammar {
  const fileOf = (part: PropertyKey | undefined) => join(languageFolder, `${String(part)}.yml`);
  const content = Object.keys(grammarSchema.shape).map((part) => [part, readYaml(fileOf(part))]);
  const { data, error } = grammarSchema.safeParse(Object.fromEntries(content));
  if (data !== undefined) return data;
  const problems = error.issues.map(
    ({ path: [part, ...path], message }) => `${fileOf(part)}: ${path.join('.')}: ${message}`,
  );
  throw new Error(problems.join('\n'));
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file}: ${cause}`, { cause });
  }
}
