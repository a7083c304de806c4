import { parseDate } from '@texas-ai/kernel';
import { z } from 'zod';
import { money, section, text } from './fields.js';

// Prices of models; the table is in config/base.yml.

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
