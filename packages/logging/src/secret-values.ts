import { mask } from './secret-patterns.js';

/** Shorter secrets would match ordinary text; they are still masked by their names. */
const minSecretLength = 6;

const encoder = new TextEncoder();

export interface SecretValues {
  /** Length of the longest encoded form of a secret. */
  readonly maxLength: number;
  /** Masks the configured secrets in any encoding. */
  mask(text: string): string;
}

/**
 * Finds the configured secrets as plain text, percent-encoded, escaped in JSON at any depth, in base64
 * (also within longer data) and in hexadecimal.
 */
export function makeSecretValues(secrets: readonly string[]): SecretValues {
  const known = [...new Set(secrets.flatMap((secret) => [secret, secret.trim()]))]
    .filter((secret) => secret.length >= minSecretLength)
    .sort((a, b) => b.length - a.length);
  if (known.length === 0) return { maxLength: 0, mask: (text) => text };

  const shortest = Math.min(...known.map((secret) => secret.length));
  const pattern = new RegExp(
    known.flatMap((secret) => [plainPattern(secret), ...encodedPatterns(secret)]).join('|'),
    'g',
  );
  return {
    // A percent-encoded or escaped character takes at most 12 characters.
    maxLength: (known[0]?.length ?? 0) * 12,
    mask: (text) => (text.length < shortest ? text : text.replace(pattern, mask)),
  };
}

function plainPattern(secret: string): string {
  return [...secret].map(characterPattern).join('');
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
};

/** A character as plain text, percent-encoded, or escaped in JSON. */
function characterPattern(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const raw = escapeForPattern(character);
  const percent = [...encoder.encode(character)].map((byte) => `%${hexPattern(byte, 2)}`).join('');
  const units = Array.from({ length: character.length }, (_, index) =>
    hexPattern(character.charCodeAt(index), 4),
  );
  const unicode = units.map((unit) => `\\\\+u${unit}`).join('');
  const forms = [raw, percent, unicode];
  const short = shortEscapes[character];
  if (short !== undefined) forms.push(`\\\\+${short}`);
  if (character === ' ') forms.push('\\+');
  if (character === '\n') forms.push('\\r\\n');
  if (character === '\\') forms.push('\\\\+');
  if (`"'/`.includes(character)) forms.push(`\\\\+${raw}`);
  return `(?:${forms.join('|')})`;
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function hexPattern(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** Patterns for the secret in hexadecimal, and in base64 at any offset within longer data. */
function encodedPatterns(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const wholeBits = (offset + bytes.length) * 8;
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(wholeBits / 6));
  });
  const safe = base64.map((text) =>
    escapeForPattern(text)
      .replaceAll('\\+', '(?:[+-]|%2[bB])')
      .replaceAll('\\/', '(?:[/_]|%2[fF])'),
  );
  const hex = [...bytes].map((byte) => hexPattern(byte, 2)).join('');
  return [...safe, hex];
}
