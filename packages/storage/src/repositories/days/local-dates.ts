import { localDate, type Temporal } from '@texas-ai/kernel';
import type { Knex } from 'knex';

export interface LocalDate {
  zone: string;
  date: string;
}

/**
 * Today's date in each zone that a character lives in. Computed here and not by PostgreSQL, which has zones
 * of its own; characters in a zone that is unknown here are left out, and who plans them says so.
 */
export async function localDates(db: Knex, now: Temporal.Instant): Promise<LocalDate[]> {
  const zones: { zone: string }[] = await db('characters').distinct({ zone: 'time_zone' });
  return zones.flatMap(({ zone }) => {
    try {
      return [{ zone, date: localDate(now, zone).toString() }];
    } catch {
      return [];
    }
  });
}
