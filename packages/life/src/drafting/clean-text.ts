import { isBlank } from './blank-text.js';
import type { Note } from './repair-notes.js';

// PostgreSQL refuses U+0000 in text, and half a surrogate pair is not a character at all; other
// control characters only ever come from a broken answer. White space is dealt with apart.
const unstorable = /(?!\s)[\p{Cc}\p{Cs}]/gu;

interface CleanText {
  text: string;
  /** Whether characters that cannot be stored were taken out. */
  stripped: boolean;
  /** Whether it was longer than allowed. */
  cut: boolean;
}

/** The text on one line, white space collapsed, at most `limit` code points. */
export function cleanLine(raw: string, limit: number): CleanText {
  const text = raw.replace(unstorable, '');
  const line = text.replace(/\s+/g, ' ').trim();
  return { ...cut(line, limit), stripped: text !== raw };
}

/** Like `cleanLine`, but paragraphs stay: up to two line breaks in a row. */
export function cleanProse(raw: string, limit: number): CleanText {
  const text = raw.replace(unstorable, '');
  const prose = text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return { ...cut(prose, limit), stripped: text !== raw };
}

/** The cleaned text, with a note of what cleaning it took; `name` says which text it is. */
export function notedText(clean: CleanText, name: string, note: Note): string {
  if (clean.stripped) note('text-cleaned', `removed characters that are no text from ${name}`);
  if (clean.cut) note('text-cut', `cut ${name} to ${[...clean.text].length} characters`);
  return clean.text;
}

/** Distinct short labels: cleaned, blanks and repetitions dropped, bounded in length and number. */
export function cleanTags(raw: readonly string[], name: string, note: Note): string[] {
  const readable = raw
    .map((tag) => cleanLine(tag, maxTagLength).text)
    .filter((tag) => !isBlank(tag));
  const tags = [...new Set(readable)].slice(0, maxTags);
  const same = tags.length === raw.length && tags.every((tag, i) => tag === raw[i]);
  if (!same) note('tags', `tidied the feelings of ${name}: kept ${tags.length} of ${raw.length}`);
  return tags;
}

/** A piece of foreign text as our messages quote it: one line, at most 40 code points. */
export function quote(text: string): string {
  // Messages are written by the dozen: what lies far behind the quoted part is not even cleaned.
  const clean = cleanLine(text.slice(0, 400), 40);
  return `“${clean.text}${clean.cut ? '…' : ''}”`;
}

const maxTags = 8;
const maxTagLength = 40;

function cut(text: string, limit: number): { text: string; cut: boolean } {
  if (text.length <= limit) return { text, cut: false };
  // A code point is one or two UTF-16 units, so this prefix always holds enough of them.
  const points = [...text.slice(0, 2 * limit + 2)];
  if (points.length <= limit) return { text, cut: false };
  return { text: points.slice(0, limit).join('').trimEnd(), cut: true };
}
