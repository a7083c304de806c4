import { plainValue } from './plain-value.js';
import { maskPatterns } from './secret-patterns.js';
import { makeSecretValues } from './secret-values.js';

const longestText = 8 * 1024;
/** How much of a longer text is looked at. */
const longestRead = 64 * 1024;
/** More than any recognisable key takes up. */
const longestPattern = 1024;

export interface Redactor {
  /** The text without secrets; of a text over 8,192 characters the beginning. */
  text(text: string): string;
  /** A plain copy (what JSON can hold) without secrets, bounded in size; never throws. */
  value(value: unknown): unknown;
}

/**
 * Replaces secrets by `[redacted]`: the given values in whatever encoding, what looks like a key,
 * token, password or credential, and whatever stands under a name that says so. Values shorter
 * than 6 characters are found by their names and surroundings only.
 */
export function makeRedactor(secrets: readonly string[]): Redactor {
  const values = makeSecretValues(secrets);

  function text(whole: string): string {
    // A secret that the cut leaves in halves lies at the end, which is dropped after redaction.
    const halved = whole.length > longestRead;
    const read = halved ? whole.slice(0, longestRead) : whole;
    const redacted = maskPatterns(values.mask(read));
    const end = halved
      ? Math.max(0, redacted.length - Math.max(values.longest, longestPattern))
      : redacted.length;
    if (!halved && end <= longestText) return redacted;
    return `${redacted.slice(0, Math.min(end, longestText))}…[cut, ${whole.length} characters]`;
  }

  return { text, value: (value) => plainValue(value, text) };
}
