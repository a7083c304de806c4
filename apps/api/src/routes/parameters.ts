import { Temporal, TexasError } from '@texas-ai/kernel';
import { dateText } from '@texas-ai/life';
import { z } from 'zod';

// Parameters shared by several operations.

export const characterId = z.string().regex(/^[^\0]*$/, 'a character’s id');

const character = characterId.meta({ description: 'A character’s id.', example: 'texas' });

/** `YYYY-MM-DD`, which becomes a `Temporal.PlainDate` here, at the edge. */
export const plainDate = dateText.transform((text) => Temporal.PlainDate.from(text));

export const characterParams = z.strictObject({ character });

export const dayParams = z.strictObject({
  character,
  date: plainDate.meta({
    description: 'A local date of the character, `YYYY-MM-DD`.',
    example: '2026-11-23',
  }),
});

export const rangeQuery = {
  from: plainDate.optional().meta({ description: 'First local date.', example: '2026-11-01' }),
  to: plainDate.optional().meta({ description: 'Last local date.', example: '2026-11-30' }),
};

interface DateRange {
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
}

/** Throws `invalid_request` if the range is empty. */
export function assertRange({ from, to }: DateRange): void {
  if (from && to && Temporal.PlainDate.compare(from, to) > 0) {
    throw new TexasError('invalid_request', 'from: must not be later than to.', {
      details: { errors: [{ field: 'from', message: 'must not be later than to' }] },
    });
  }
}

export const ifNoneMatch = z.string().optional().meta({
  title: 'If-None-Match',
  description: 'The `ETag` of the response that the client has.',
});
