import { plainValue } from './plain-value.js';
import { maskPatterns } from './secret-patterns.js';
import { makeSecretValues } from './secret-values.js';

const maxTextLength = 8 * 1024;
/** Longer texts are cut before redaction. */
const maxInputLength = 64 * 1024;
/** Longer than any recognisable key. */
const maxPatternLength = 1024;

export interface Redactor {
  /** The text without secrets, cut after 8,192 characters. */
  text(text: string): string;
  /** A plain copy without secrets, bounded in size; see `plainValue`. Never throws. */
  value(value: unknown): unknown;
}

/**
 * Replaces secrets by `[redacted]`: the given values in any encoding, texts that look like a key, token,
 * password or credential, and the values of secret names. Given values shorter than 6 characters are
 * found only by their names and context.
 */
export function makeRedactor(secrets: readonly string[]): Redactor {
  const values = makeSecretValues(secrets);

  function text(whole: string): string {
    // The cut may split a secret, so the end is dropped after redaction.
    const isCut = whole.length > maxInputLength;
    const input = isCut ? whole.slice(0, maxInputLength) : whole;
    const redacted = maskPatterns(values.mask(input));
    const end = isCut
      ? Math.max(0, redacted.length - Math.max(values.maxLength, maxPatternLength))
      : redacted.length;
    if (!isCut && end <= maxTextLength) return redacted;
    return `${redacted.slice(0, Math.min(end, maxTextLength))}…[cut, ${whole.length} characters]`;
  }

  return { text, value: (value) => plainValue(value, text) };
}
