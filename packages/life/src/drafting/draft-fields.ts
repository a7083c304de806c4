import { z } from 'zod';
import { type Category, categories } from '../character/profile.js';
import { isBlank } from './blank-text.js';
import { quote } from './clean-text.js';
import { isMetadata, isTime } from './metadata.js';

// Field types of an author's answer. Each also accepts what models commonly write instead, if it is
// unambiguous; the JSON schema that is sent to the model has the plain form only.

export const levels = ['low', 'medium', 'high'] as const;
export type Level = (typeof levels)[number];

/** Accepts a number; null or a missing field becomes an empty string. */
export const text = z.preprocess(asText, z.string());

/** Like `text`; an object with a `name` is read as that name. */
export const name = z.preprocess(asName, z.string());

/** Like `text`, but nullable; `false` or a missing field becomes null. */
export const optionalText = z.preprocess(
  (value) => (value === undefined || value === false ? null : (unwrapSingle(value) ?? null)),
  z.string().nullable(),
);

/**
 * A time of day as text. An integer from 0 to 24 is an hour; other numbers are rejected, since they could be
 * minutes since midnight, `HHMM` or `HH.MM`.
 */
export const time = z.preprocess((value) => {
  if (typeof value !== 'number') return asText(value);
  return Number.isInteger(value) && value >= 0 && value <= 24 ? String(value) : value;
}, z.string());

/** A list of short texts, or one string separated by commas. Null, false or 0 becomes an empty list. */
export const shortTexts = z.preprocess(asList, z.array(name));

/** Null or a placeholder becomes false. */
export const flag = z.preprocess((value) => meaningOf(value, flags, false), z.boolean());

/** Null or a placeholder becomes `medium`. */
export const level = z.preprocess(
  (value) => meaningOf(value, levelWords, 'medium'),
  z.enum(levels),
);

export const category = z.preprocess(
  (value) => meaningOf(value, categoryWords),
  z.enum(categories),
);

/** The fields of an object that are texts, and those that are times of day. */
interface FieldKinds<Name> {
  texts: readonly Name[];
  times?: readonly Name[];
}

/**
 * An object with these fields, in any spelling (`weather_affected`). Unknown fields are dropped, but if one
 * of them may be a missing field under another name, the object is rejected.
 */
export function fields<Shape extends z.ZodRawShape>(
  shape: Shape,
  { texts, times = [] }: FieldKinds<keyof Shape & string>,
) {
  return z.preprocess((value, context) => {
    if (!isRecord(value)) return value;
    const { known, others } = splitFields(value, Object.keys(shape));
    const missing = (names: readonly string[]) =>
      names.filter((name) => !Object.hasOwn(known, name));
    const unknown = (kind: (text: string) => boolean) =>
      Object.keys(others).filter((name) => isTextLike(others[name], kind));
    for (const [absent, suspects] of [
      [missing(texts), unknown((text) => !isMetadata(text))],
      [missing(times), unknown(isTime)],
    ] as const) {
      if (absent.length > 0 && suspects.length > 0)
        context.addIssue(
          `unknown field ${quotedList(suspects)} while ${quotedList(absent)} is missing`,
        );
    }
    return known;
  }, z.object(shape));
}

function isTextLike(value: unknown, kind: (text: string) => boolean): boolean {
  return typeof value === 'string' && kind(value);
}

function quotedList(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/** Splits a record into the fields with these names, in any spelling, and all others. */
export function splitFields(
  record: Fields,
  names: readonly string[],
): { known: Fields; others: Fields } {
  const known: Fields = {};
  const others: Fields = {};
  for (const [key, value] of Object.entries(record)) {
    const name = names.find((candidate) => normalized(candidate) === normalized(key));
    if (name !== undefined && (key === name || !Object.hasOwn(record, name))) known[name] = value;
    else others[key] = value;
  }
  return { known, others };
}

export type Fields = Record<string, unknown>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Normalizes a word for comparison: no letter case, width, spaces and punctuation. */
export function normalized(word: string): string {
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

/** The meaning of a word, or `absent` for a missing one. Returns unknown values unchanged. */
function meaningOf<T>(value: unknown, words: ReadonlyMap<string, T>, absent?: T): unknown {
  const part = unwrapSingle(value);
  if (typeof part === 'object') return part;
  const text = String(part ?? '');
  return words.get(normalized(text)) ?? (isBlank(text) ? absent : part);
}

function asText(value: unknown): unknown {
  return unwrapSingle(value) ?? '';
}

/** Unwraps `{ "content": "…" }` and `["…"]`; undefined if there is no value. */
function unwrapSingle(value: unknown): unknown {
  if (Number.isFinite(value)) return String(value);
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  const [part, ...more] = Object.values(value);
  return more.length > 0 ? value : unwrapSingle(part);
}

function asName(value: unknown): unknown {
  return asText(isRecord(value) && Object.hasOwn(value, 'name') ? value.name : value);
}

function asList(value: unknown): unknown {
  if (value === undefined || value === null || value === false || value === 0) return [];
  if (isRecord(value)) return Object.keys(value).length === 0 ? [] : [value];
  if (typeof value !== 'string') return value;
  // 空 may be a companion's name: placeholders are dropped later, where the names are known.
  const texts = isBlank(value) ? [value] : value.split(/[,，、;；\n]/);
  return texts.filter((text) => text.trim() !== '');
}
