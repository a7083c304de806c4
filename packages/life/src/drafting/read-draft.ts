import type { z } from 'zod';
import type { Checked } from '../authoring/ask-author.js';
import { describeIssues } from '../schemas.js';
import { type ChapterDraft, chapterDraftSchema, type PlanDraft, planDraftSchema } from './draft.js';
import { type Fields, isRecord, splitFields } from './draft-fields.js';

/** Unwraps and validates an author's answer to a request for a plan. */
export function readPlanDraft(answer: unknown): Checked<PlanDraft> {
  return read(planDraftSchema, 'items', answer);
}

/** Unwraps and validates an author's answer to a request for a chapter. */
export function readChapterDraft(answer: unknown): Checked<ChapterDraft> {
  return read(chapterDraftSchema, 'texts', answer);
}

function read<Draft>(schema: z.ZodType<Draft>, list: string, answer: unknown): Checked<Draft> {
  const draft = schema.safeParse(unwrap(answer, list) ?? {});
  return draft.success ? { value: draft.data } : { problems: describeIssues(draft.error) };
}

/**
 * Finds the object with the list, also inside other objects (`{ "schedule": … }`), or else the only bare list
 * of objects. Either may be JSON in a string. Keeps the fields of the outer objects. Undefined if there is
 * none, or more than one.
 */
function unwrap(answer: unknown, list: string): Fields | undefined {
  return (
    search(answer, (value) => withList(value, list)) ??
    search(answer, (value) => bareList(value, list))
  );
}

/** Deeper values are not searched. */
const maxDepth = 32;

/** The only match, with the fields of the objects around it. */
function search(answer: unknown, find: (value: unknown) => Fields | undefined): Fields | undefined {
  const [only, ...more] = searchAll(answer, find, maxDepth);
  return more.length > 0 ? undefined : only;
}

function searchAll(
  encoded: unknown,
  find: (value: unknown) => Fields | undefined,
  depth: number,
): Fields[] {
  if (depth === 0) return [];
  const value = parseIfJson(encoded);
  const found = find(value);
  if (found) return [found];
  if (Array.isArray(value)) return value.flatMap((element) => searchAll(element, find, depth - 1));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const { [key]: _wrapped, ...around } = value;
    return searchAll(inner, find, depth - 1).map((fields) => ({ ...around, ...fields }));
  });
}

/** The object, if it has the list. */
function withList(value: unknown, list: string): Fields | undefined {
  if (!isRecord(value)) return undefined;
  const { known, others } = splitFields(value, [list]);
  const elements = elementsOf(parseIfJson(known[list]));
  return elements && { ...others, [list]: elements };
}

/** The list as an object, unless it only wraps another list. */
function bareList(value: unknown, list: string): Fields | undefined {
  const elements = Array.isArray(value) ? elementsOf(value) : undefined;
  if (!elements?.some(isRecord)) return undefined;
  const isWrapper = elements.length === 1 && search(elements[0], (inner) => bareList(inner, list));
  return isWrapper ? undefined : { [list]: elements };
}

/** The elements of a list, or of an object whose keys count from 0 or 1, without nulls and `{}` at the end. */
function elementsOf(value: unknown): unknown[] | undefined {
  const keys = isRecord(value) ? Object.keys(value) : [];
  const isCounted = keys.length > 0 && keys.every((key, i) => Number(key) === Number(keys[0]) + i);
  const elements = Array.isArray(value)
    ? value
    : isRecord(value) && isCounted && /^[01]$/.test(keys[0] ?? '')
      ? Object.values(value)
      : undefined;
  return elements?.slice(0, elements.findLastIndex((element) => !isEmpty(element)) + 1);
}

function isEmpty(value: unknown): boolean {
  return value === null || (isRecord(value) && Object.keys(value).length === 0);
}

/** Parses a string that is a JSON object or list; returns other values unchanged. */
function parseIfJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
