import { z } from 'zod';
import { isBlank } from './blank-text.js';
import { quote } from './clean-text.js';
import { type Category, categories } from './profile.js';

// The fields of an author's answer. Each also takes what models write in its place, where that can mean
// one thing only; the JSON schema that is sent to them asks for the plain form.

export const levels = ['low', 'medium', 'high'] as const;
export type Level = (typeof levels)[number];

/** A number is its digits; null, or no field at all, is an empty text. */
export const text = z.preprocess(asText, z.string());

/** A text that may be null; no field and `false` are null too. */
export const optionalText = z.preprocess(
  (value) => (value === undefined || value === false ? null : (onlyPart(value) ?? null)),
  z.string().nullable(),
);

/**
 * A time of day as text. A number is an hour, 0-24: a larger one, or a fraction, could be minutes of
 * the day as well as `HHMM` or `HH.MM`, and is refused.
 */
export const time = z.preprocess((value) => {
  if (typeof value !== 'number') return asText(value);
  return Number.isInteger(value) && value >= 0 && value <= 24 ? String(value) : value;
}, z.string());

/** Short texts; a text in place of a list has them between commas. Null is an empty list. */
export const shortTexts = z.preprocess(asList, z.array(text));

/** Null is false. */
export const flag = z.preprocess((value) => meantBy(value, flags, false), z.boolean());

/** Null is the one in the middle. */
export const level = z.preprocess((value) => meantBy(value, levelWords, 'medium'), z.enum(levels));

export const category = z.preprocess((value) => meantBy(value, categoryWords), z.enum(categories));

/**
 * An object of these fields, whatever way their names are spelled (`weather_affected`). Others are
 * dropped; where one is missing, though, another one that has a text may be what was meant by it.
 */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value, context) => {
    if (!isRecord(value)) return value;
    const { known, others } = byName(value, Object.keys(shape));
    const missing = Object.keys(shape).filter((name) => !Object.hasOwn(known, name));
    const texts = Object.entries(others).filter(([, other]) => typeof other === 'string');
    if (missing.length > 0 && texts.length > 0) {
      const names = texts.map(([name]) => quote(name)).join(', ');
      context.addIssue(`${names} in place of ${missing.map(quote).join(', ')}`);
    }
    return known;
  }, z.object(shape));
}

/** The fields of these names, however they are spelled, and all others. */
export function byName(
  record: Fields,
  names: readonly string[],
): { known: Fields; others: Fields } {
  const known: Fields = {};
  const others: Fields = {};
  for (const [key, value] of Object.entries(record)) {
    const name = names.find((each) => spelled(each) === spelled(key));
    if (name !== undefined && (key === name || !Object.hasOwn(record, name))) known[name] = value;
    else others[key] = value;
  }
  return { known, others };
}

export type Fields = Record<string, unknown>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How words and names are compared: letter case, width and what stands between letters do not matter. */
export function spelled(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const flags = wordsFor<boolean>([
  [true, 'true yes y 1 是 会 會 有'],
  [false, 'false no n 0 否 不会 不會 无 無 没有 沒有 none'],
]);

const levelWords = wordsFor<Level>([
  ['low', 'low verylow lowpriority none 低 较低 較低 很低 无 無'],
  ['medium', 'medium med mid middle moderate normal average mediumpriority 中 中等 一般 普通'],
  ['high', 'high veryhigh highpriority 高 较高 較高 很高'],
]);

const categoryWords = wordsFor<Category>([
  ['personal', 'personal private 个人 個人 私人 私事 个人事务 個人事務'],
  ['work', 'work working job 工作'],
  ['social', 'social socialising socializing 社交 社交活动 社交活動'],
  ['rest', 'rest resting relaxing relaxation leisure 休息 休闲 休閒 放松 放鬆 娱乐 娛樂'],
]);

function wordsFor<T>(meanings: readonly [T, string][]): ReadonlyMap<string, T> {
  return new Map(
    meanings.flatMap(([meant, words]) => words.split(' ').map((word) => [word, meant])),
  );
}

/** What the word means, `absent` where there is none; what is unknown stays as it is. */
function meantBy<T>(value: unknown, words: ReadonlyMap<string, T>, absent?: T): unknown {
  if (typeof value === 'object' && value !== null) return value;
  const word = spelled(String(value ?? ''));
  return words.get(word) ?? (word === '' ? absent : value);
}

function asText(value: unknown): unknown {
  return onlyPart(value) ?? '';
}

/** `{ "content": "…" }` and `["…"]` in place of a text are that text. */
function onlyPart(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.values(value);
  return parts.length === 1 ? onlyPart(parts[0]) : value;
}

function asList(value: unknown): unknown {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'string') return value;
  return isBlank(value) ? [] : value.split(/[,，、;；\n]/);
}
