import { parseDate, parseMinute, Temporal } from '@texas-ai/kernel';
import { z } from 'zod';

/** An existing local calendar date, `YYYY-MM-DD`. */
export const dateText = z
  .string()
  .refine((text) => parseDate(text) !== undefined, 'a date that exists, written YYYY-MM-DD');

/** An instant, RFC 3339 with an offset, whose year has four digits in every time zone. */
export const instantText = z.string().refine((text) => {
  if (!/T.*(Z|[+-]\d{2}:\d{2})$/i.test(text)) return false;
  try {
    const date = Temporal.Instant.from(text).toString().slice(0, 10);
    return '0001-01-02' <= date && date <= '9999-12-30';
  } catch {
    return false;
  }
}, 'an instant with an offset, RFC 3339');

/** A local time of day `HH:MM`, 00:00-24:00. */
export const minuteText = z
  .string()
  .refine((text) => parseMinute(text) !== undefined, 'a time of day written HH:MM, 00:00 to 24:00');

/** The issues of a validation error, one line each, with the path: `items.3.title: …`. */
export function describeIssues(error: z.ZodError): string[] {
  return error.issues.map((issue) => `${issue.path.join('.') || 'the document'}: ${issue.message}`);
}
