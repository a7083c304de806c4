import { parseDate } from '@texas-ai/kernel';
import type { ListPosition } from '@texas-ai/life';
import { z } from 'zod';

// Lists are sorted by (date, id), newest first, or by id alone. A cursor is the position of the last entry.

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An opaque cursor. */
function cursor<Position>(parse: (text: string) => Position | null) {
  return z
    .string()
    .transform((text, context): Position => {
      const position = parse(Buffer.from(text, 'base64url').toString());
      if (position !== null) return position;
      context.addIssue('the nextCursor of another page');
      return z.NEVER;
    })
    .meta({ type: 'string', description: 'The `nextCursor` of the previous page.' });
}

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .default(30)
  .meta({ description: 'Maximum number of entries, 1-100.', example: 30 });

export const pageQuery = { limit, cursor: cursor(parsePosition).optional() };

/** For lists sorted by id alone. */
export const idPageQuery = { limit, cursor: cursor(parseId).optional() };

export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'The `cursor` of the next page; null on the last one.' });

/** Makes a page of at most `limit` entries from a list that was read with one extra entry. */
export function page<Entry>(
  found: readonly Entry[],
  limit: number,
  positionOf: (entry: Entry) => { date: string; id: string } | string,
): { entries: Entry[]; nextCursor: string | null } {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return { entries, nextCursor: hasMore ? cursorOf(positionOf(last)) : null };
}

function cursorOf(position: { date: string; id: string } | string): string {
  const text = typeof position === 'string' ? position : `${position.date},${position.id}`;
  return Buffer.from(text).toString('base64url');
}

function parsePosition(text: string): ListPosition | null {
  const [written = '', id = '', rest] = text.split(',');
  const date = parseDate(written);
  return rest === undefined && date && uuid.test(id) ? { date, id } : null;
}

function parseId(text: string): string | null {
  return /^[a-z0-9-]{1,64}$/.test(text) ? text : null;
}
