import { createHash } from 'node:crypto';
import { TexasError, unstorableTexts } from '@texas-ai/kernel';
import { z } from 'zod';
import { type Language, languages, type Profile, profileSchema } from './profile.js';
import { checkReferences, type Path, type Report } from './profile-references.js';

/**
 * Parses a profile from a YAML document. A text is a plain string or `{ zh, en }`, of which the one in the
 * profile's `language` is used. Throws `config_invalid` with all problems in `details.problems`, each as
 * `path: what was expected`.
 */
export function parseProfile(raw: unknown): Profile {
  const problems: string[] = [];
  const report: Report = (path, expected) =>
    problems.push(`${path.length === 0 ? 'profile' : path.join('.')}: ${expected}`);

  const localised = localise(raw, languageOf(raw), [], report);
  const parsed = profileSchema.safeParse(localised);
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      for (const unknown of issue.keys) report([...path, unknown], 'unknown key');
    } else if (!problems.some((problem) => problem.startsWith(`${path.join('.')}: `))) {
      report(path, issue.message);
    }
  }
  for (const { path, expected } of unstorableTexts(localised)) report(path, `expected ${expected}`);
  checkReferences(localised, report);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new TexasError('config_invalid', 'The character profile is invalid.', {
    details: { problems },
  });
}

/** SHA-256 (hex) of the profile as JSON with sorted keys. */
export function profileHash(profile: Profile): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(profile)))
    .digest('hex');
}

function languageOf(raw: unknown): Language | undefined {
  return z.looseObject({ language: z.enum(languages) }).safeParse(raw).data?.language;
}

/** The document with every `{ zh, en }` replaced by the text in that language. */
function localise(
  value: unknown,
  language: Language | undefined,
  path: Path,
  report: Report,
): unknown {
  if (Array.isArray(value)) {
    return value.map((element, index) => localise(element, language, [...path, index], report));
  }
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key) => languages.some((known) => known === key))) {
    if (language !== undefined && value[language] === undefined) {
      report(path, `expected text in the profile's language (${language})`);
    }
    return value[language ?? 'zh'] ?? '-';
  }
  return Object.fromEntries(
    keys.map((key) => [key, localise(value[key], language, [...path, key], report)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}
