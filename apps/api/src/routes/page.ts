import { parseDate, TexasError } from '@texas-ai/kernel';
import { dateText, type ListPlace } from '@texas-ai/life';
import { z } from 'zod';

// Lists are sorted by (date, id), newest first; a page ends at a place in that order.

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The place that a page's end names to clients, who need not understand it. */
function cursorText<Place>(read: (text: string) => Place | null) {
  return z
    .string()
    .transform((text, context): Place => {
      const place = read(Buffer.from(text, 'base64url').toString());
      if (place !== null) return place;
      context.addIssue('the nextCursor of another page');
      return z.NEVER;
    })
    .meta({ type: 'string', description: 'The `nextCursor` of the page before.' });
}

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .default(30)
  .meta({ description: 'Most entries of the page, 1-100.', example: 30 });

export const pageQuery = { limit, cursor: cursorText(placeOf).optional() };

/** Of a list that is sorted by id alone. */
export const idPageQuery = { limit, cursor: cursorText(idOf).optional() };

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
  place: (entry: Entry) => ListPlace | string,
): { entries: Entry[]; nextCursor: string | null } {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const more = found.length > limit && last !== undefined;
  return { entries, nextCursor: more ? cursorOf(place(last)) : null };
}

function cursorOf(place: ListPlace | string): string {
  const text = typeof place === 'string' ? place : `${place.date},${place.id}`;
  return Buffer.from(text).toString('base64url');
}

function placeOf(text: string): ListPlace | null {
  const [date = '', id = '', more] = text.split(',');
  const day = parseDate(date);
  return more === undefined && day && uuid.test(id) ? { date: day, id } : null;
}

function idOf(text: string): string | null {
  return /^[a-z0-9-]{1,64}$/.test(text) ? text : null;
}
