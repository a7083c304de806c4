import { localDate, type Temporal } from '@texas-ai/kernel';
import type { Knex } from 'knex';

export interface LocalDate {
  zone: string;
  date: string;
}

/**
 * Today's date in each time zone of the characters. Computed here because PostgreSQL has its own time
 * zone data; zones that are unknown here are left out, and planning logs their characters.
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
