import { formatMinute, parseDate, parseMinute } from '@texas-ai/kernel';
import { z } from 'zod';

/** A local calendar date, `YYYY-MM-DD`, that exists. */
export const dateText = z
  .string()
  .refine((text) => parseDate(text) !== undefined, 'a date that exists, written YYYY-MM-DD');

/** A local time of day `HH:MM`, 00:00-24:00. */
export const minuteText = z
  .string()
  .refine((text) => parseMinute(text) !== undefined, 'a time of day written HH:MM, 00:00 to 24:00');

/** A local time of day as `HH:MM`, from minutes since midnight. */
export const minuteAsText = z.number().int().min(0).max(1440).transform(formatMinute);
