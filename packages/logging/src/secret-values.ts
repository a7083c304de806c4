import { mask } from './secret-patterns.js';

/** Shorter secrets would eat ordinary text; their names still hide them. */
const shortestSecret = 6;

const bytesOf = new TextEncoder();

export interface SecretValues {
  /** Length of the longest form that a secret can take in a text. */
  readonly longest: number;
  /** The text without any configured secret, however it is encoded. */
  mask(text: string): string;
}

/**
 * Finds the configured secrets as they are, percent-encoded, escaped in JSON at any depth, in
 * base64 (also as a part of something longer) and in hexadecimal digits.
 */
export function makeSecretValues(secrets: readonly string[]): SecretValues {
  const known = [...new Set(secrets.flatMap((secret) => [secret, secret.trim()]))]
    .filter((secret) => secret.length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
  if (known.length === 0) return { longest: 0, mask: (text) => text };

  const shortest = Math.min(...known.map((secret) => secret.length));
  const pattern = new RegExp(
    known.flatMap((secret) => [asWritten(secret), ...asEncoded(secret)]).join('|'),
    'g',
  );
  return {
    // A character takes at most 12 when percent-encoded or escaped in UTF-8.
    longest: (known[0]?.length ?? 0) * 12,
    mask: (text) => (text.length < shortest ? text : text.replace(pattern, mask)),
  };
}

function asWritten(secret: string): string {
  return [...secret].map(characterPattern).join('');
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
};

/** One character as it is, percent-encoded, or escaped in JSON. */
function characterPattern(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const raw = escapeForPattern(character);
  const percent = [...bytesOf.encode(character)].map((byte) => `%${hexPattern(byte, 2)}`).join('');
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

/** The secret in hexadecimal digits, and what base64 makes of it at any offset in longer text. */
function asEncoded(secret: string): string[] {
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
