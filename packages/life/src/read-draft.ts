import type { z } from 'zod';
import type { Checked } from './ask-author.js';
import { quote } from './clean-text.js';
import { type ChapterDraft, chapterDraftSchema, type PlanDraft, planDraftSchema } from './draft.js';
import { byName, type Fields, isRecord } from './draft-fields.js';
import { describeIssues } from './issues.js';

/** Reads what an author answered to the question for a plan. */
export function readPlanDraft(answer: unknown): Checked<PlanDraft> {
  return read(planDraftSchema, 'items', answer);
}

/** Reads what an author answered to the question for a chapter. */
export function readChapterDraft(answer: unknown): Checked<ChapterDraft> {
  return read(chapterDraftSchema, 'texts', answer);
}

/** A longer text in a field of an unknown name may be what was meant by one that is missing. */
const longestLabel = 20;

function isLong(value: unknown): boolean {
  return typeof value === 'string' && value.length > longestLabel;
}

/** Models put what was asked for into another object, or leave the object around its list out. */
function read<Draft>(
  schema: z.ZodObject & z.ZodType<Draft>,
  list: string,
  answer: unknown,
): Checked<Draft> {
  const names = Object.keys(schema.shape);
  const { known, others } = byName(unwrapped(answer, list) ?? {}, names);
  const missing = names.filter((name) => !Object.hasOwn(known, name));
  const stray = Object.keys(others).find((key) => isLong(others[key]));
  if (missing.length > 0 && stray !== undefined) {
    return { problems: [`${quote(stray)} in place of ${missing.map(quote).join(', ')}`] };
  }
  const draft = schema.safeParse(known);
  return draft.success ? { value: draft.data } : { problems: describeIssues(draft.error) };
}

/** The object that has the list, with what stood around it; undefined where there is none or several. */
function unwrapped(answer: unknown, list: string): Fields | undefined {
  if (Array.isArray(answer)) {
    const inner = answer.length === 1 ? unwrapped(answer[0], list) : undefined;
    return inner ?? (answer.some(isRecord) ? { [list]: answer } : undefined);
  }
  if (!isRecord(answer)) return undefined;
  if (Array.isArray(byName(answer, [list]).known[list])) return answer;
  const inner = Object.entries(answer).flatMap(([key, value]) => {
    const fields = unwrapped(value, list);
    return fields ? [{ key, fields }] : [];
  });
  const [only, ...more] = inner;
  if (!only || more.length > 0) return undefined;
  const { [only.key]: _wrapped, ...around } = answer;
  return { ...around, ...only.fields };
}
