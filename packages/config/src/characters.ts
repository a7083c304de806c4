import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readYamlFile } from './files.js';
import { configInvalid, systemCode } from './problems.js';

const folder = 'config/characters';

/** The content of a character's file, not validated yet. */
export interface CharacterFile {
  /** Relative to the root, for example `config/characters/texas.yml`. */
  readonly file: string;
  readonly content: unknown;
}

/**
 * The YAML files of `config/characters`, sorted by name.
 *
 * @throws TexasError `config_invalid` with file, line and column of malformed YAML.
 */
export function readCharacterFiles(root: string): CharacterFile[] {
  const files = characterFileNames(root).map((name) => readYamlFile(root, `${folder}/${name}`));
  const problems = files.flatMap((yaml) => yaml.problems);
  if (problems.length > 0) throw configInvalid(problems);
  return files.flatMap((yaml) =>
    'content' in yaml ? [{ file: yaml.file, content: yaml.content }] : [],
  );
}

function characterFileNames(root: string): string[] {
  try {
    return readdirSync(join(root, folder))
      .filter((name) => /^[^.].*\.ya?ml$/i.test(name))
      .sort();
  } catch (failure) {
    throw configInvalid([`${folder}: cannot be read (${systemCode(failure)})`]);
  }
}
