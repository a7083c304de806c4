import { parseDate, TexasError } from '@texas-ai/kernel';
import { dateText, type ListPlace } from '@texas-ai/life';
import { z } from 'zod';

// Lists are sorted by (date, id), newest first; a page ends at a place in that order.

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The place that a page's end names to clients, who need not understand it. */
const cursorText = z
  .string()
  .transform((text, context): ListPlace => {
    const place = placeOf(text);
    if (place) return place;
    context.addIssue('the nextCursor of another page');
    return z.NEVER;
  })
  .meta({ type: 'string', description: 'The `nextCursor` of the page before.' });

export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(30)
    .meta({ description: 'Most entries of the page, 1-100.', example: 30 }),
  cursor: cursorText.optional(),
};

export const rangeQuery = {
  from: dateText.optional().meta({ description: 'First local date.', example: '2026-11-01' }),
  to: dateText.optional().meta({ description: 'Last local date.', example: '2026-11-30' }),
};

export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'The `cursor` of the next page; null on the last one.' });

/** Throws `invalid_request` where nothing can lie between the two. */
export function assertRange({ from, to }: { from?: string | undefined; to?: string | undefined }) {
  if (from === undefined || to === undefined || from <= to) return;
  throw new TexasError('invalid_request', 'from: must not be later than to.', {
    details: { errors: [{ field: 'from', message: 'must not be later than to' }] },
  });
}

/**
 * A page of at most `limit` entries, of which one more than that was read.
 * `placeOf` says where an entry lies.
 */
export function page<Entry>(
  found: readonly Entry[],
  limit: number,
  place: (entry: Entry) => ListPlace,
): { entries: Entry[]; nextCursor: string | null } {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const more = found.length > limit && last !== undefined;
  return { entries, nextCursor: more ? cursorOf(place(last)) : null };
}

function cursorOf({ date, id }: ListPlace): string {
  return Buffer.from(`${date},${id}`).toString('base64url');
}

function placeOf(cursor: string): ListPlace | null {
  const [date = '', id = '', more] = Buffer.from(cursor, 'base64url').toString().split(',');
  return more === undefined && parseDate(date) && uuid.test(id) ? { date, id } : null;
}
