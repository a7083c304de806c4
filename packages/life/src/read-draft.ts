import type { z } from 'zod';
import type { Checked } from './ask-author.js';
import { type ChapterDraft, chapterDraftSchema, type PlanDraft, planDraftSchema } from './draft.js';
import { byName, type Fields, isRecord } from './draft-fields.js';
import { describeIssues } from './issues.js';

/** Unwraps and validates an author's answer to a request for a plan. */
export function readPlanDraft(answer: unknown): Checked<PlanDraft> {
  return read(planDraftSchema, 'items', answer);
}

/** Unwraps and validates an author's answer to a request for a chapter. */
export function readChapterDraft(answer: unknown): Checked<ChapterDraft> {
  return read(chapterDraftSchema, 'texts', answer);
}

function read<Draft>(schema: z.ZodType<Draft>, list: string, answer: unknown): Checked<Draft> {
  const draft = schema.safeParse(unwrapped(answer, list) ?? {});
  return draft.success ? { value: draft.data } : { problems: describeIssues(draft.error) };
}

/**
 * Finds the object that holds the list, inside other objects (`{ "schedule": … }`) or as the bare list.
 * Fields of the outer objects are kept. Undefined where there is none, or more than one.
 */
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
