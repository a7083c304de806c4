import { parseDate } from '@texas-ai/kernel';
import { z } from 'zod';
import { money, section, text } from './fields.js';

// Prices of models. config/base.yml repeats the defaults, so that operators see them.

const dateExpected = 'a date, written YYYY-MM-DD';
const date = z
  .string({ error: dateExpected })
  .refine((value) => parseDate(value) !== undefined, dateExpected);

/** Per million tokens. Thinking tokens are billed as output. */
const price = { input: money, output: money };

export const pricesSchema = z.record(
  text('a model name'),
  section({
    ...price,
    /** When the provider's page was read. */
    readOn: date.optional(),
    /** An announced price, and the UTC date from which it applies. */
    next: section({ from: date, ...price }).optional(),
  }),
  { error: 'models, each with the price of its input and output' },
);

const readOn = '2026-11-30';

/**
 * Standard text prices of Google's pricing page. From 2026-12-01 on, calls to gemini-2.5-flash and gemini-2.5-pro
 * may be served by their successors, and are then billed as those.
 */
export const defaultPrices: z.infer<typeof pricesSchema> = {
  'gemini-3.5-flash-lite': { input: 0.3, output: 2.5, readOn },
  'gemini-3.8-flash': {
    input: 0.75,
    output: 3.75,
    readOn,
    next: { from: '2027-01-01', input: 1.5, output: 7.5 },
  },
  'gemini-3.1-flash-lite': { input: 0.25, output: 1.5, readOn },
  'gemini-4-hydrogen': { input: 1.5, output: 7.5, readOn },
  'gemini-4-neon': { input: 3, output: 15, readOn },
  'gemini-4-argon': {
    input: 2,
    output: 10,
    readOn,
    next: { from: '2026-12-01', input: 4, output: 20 },
  },
  'gemini-4-carbon': {
    input: 2,
    output: 10,
    readOn,
    next: { from: '2026-12-01', input: 4, output: 20 },
  },
  'gemini-2.5-flash': { input: 0.3, output: 2.5, readOn: '2026-11-25' },
  'gemini-2.5-flash-lite': { input: 0.1, output: 0.4, readOn: '2026-11-25' },
  'gemini-2.5-pro': { input: 1.25, output: 10, readOn: '2026-11-25' },
};
