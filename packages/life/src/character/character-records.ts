import { TexasError } from '@texas-ai/kernel';
import type { CharacterRecord } from './character-repository.js';
import { parseProfile, profileHash } from './profile-file.js';

/**
 * The characters of parsed profile files. Throws `config_invalid` with the problems of all files in
 * `details.problems`, each as `file: path: what was expected`.
 */
export function characterRecords(
  files: readonly { file: string; content: unknown }[],
): CharacterRecord[] {
  const problems: string[] = [];
  const records = files.flatMap(({ file, content }) => {
    try {
      const profile = parseProfile(content);
      return [{ file, profile, hash: profileHash(profile) }];
    } catch (error) {
      problems.push(...problemsOf(error).map((problem) => `${file}: ${problem}`));
      return [];
    }
  });
  for (const { file, profile } of records) {
    const first = records.find((record) => record.profile.id === profile.id);
    if (first && first.file !== file) {
      problems.push(`${file}: id: “${profile.id}” is already used in ${first.file}`);
    }
  }
  if (problems.length === 0) return records.map(({ profile, hash }) => ({ profile, hash }));
  throw new TexasError('config_invalid', 'A character profile is invalid.', {
    details: { problems },
  });
}

function problemsOf(error: unknown): string[] {
  const problems = error instanceof TexasError ? error.details.problems : undefined;
  if (!Array.isArray(problems)) throw error;
  return problems.map(String);
}
