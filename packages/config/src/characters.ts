import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { configInvalid, systemCode } from './problems.js';
import { readYamlFile } from './yaml-file.js';

const folder = 'config/characters';

/** A character's file as it is written, not yet validated. */
export interface CharacterFile {
  /** Relative to the root, for example `config/characters/texas.yml`. */
  readonly file: string;
  readonly content: unknown;
}

/**
 * All files of `config/characters`, by name.
 *
 * @throws TexasError `config_invalid` that names file, line and column of malformed YAML.
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
