import { isBlank } from './blank-text.js';
import type { Note } from './repair-notes.js';

// PostgreSQL rejects U+0000 in text, and half a surrogate pair is not a character; other control
// characters only occur in broken answers. White space is collapsed separately.
const unstorable = /(?!\s)[\p{Cc}\p{Cs}]/gu;

interface CleanText {
  text: string;
  /** Whether characters that cannot be stored were removed. */
  stripped: boolean;
  /** Whether the text was longer than allowed. */
  cut: boolean;
}

/** Joins lines, collapses white space, and cuts the text to `limit` code points. */
export function cleanLine(raw: string, limit: number): CleanText {
  const text = raw.replace(unstorable, '');
  const line = text.replace(/\s+/g, ' ').trim();
  return { ...cut(line, limit), stripped: text !== raw };
}

/** Like `cleanLine`, but keeps paragraphs: up to two line breaks in a row. */
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

/** Returns the text and notes what was removed; `name` names the text in the note. */
export function notedText(clean: CleanText, name: string, note: Note): string {
  if (clean.stripped) note('text-cleaned', `removed invalid characters from ${name}`);
  if (clean.cut) note('text-cut', `cut ${name} to ${[...clean.text].length} characters`);
  return clean.text;
}

/** Cleans tags, drops blanks and duplicates, and limits their length and number. */
export function cleanTags(raw: readonly string[], name: string, note: Note): string[] {
  const readable = raw
    .map((tag) => cleanLine(tag, maxTagLength).text)
    .filter((tag) => !isBlank(tag));
  const tags = [...new Set(readable)].slice(0, maxTags);
  const same = tags.length === raw.length && tags.every((tag, i) => tag === raw[i]);
  if (!same) note('tags', `cleaned the feelings of ${name}: kept ${tags.length} of ${raw.length}`);
  return tags;
}

/** Quotes an author's text in a message: one line, at most 40 code points. */
export function quote(text: string): string {
  // For speed, the rest of a long text is not cleaned.
  const clean = cleanLine(text.slice(0, 400), 40);
  return `“${clean.text}${clean.cut ? '…' : ''}”`;
}

const maxTags = 8;
const maxTagLength = 40;

function cut(text: string, limit: number): { text: string; cut: boolean } {
  if (text.length <= limit) return { text, cut: false };
  // A code point is one or two UTF-16 units, so this prefix contains enough of them.
  const points = [...text.slice(0, 2 * limit + 2)];
  if (points.length <= limit) return { text, cut: false };
  return { text: points.slice(0, limit).join('').trimEnd(), cut: true };
}
