import { Temporal } from '@texas-ai/kernel';
import type { ListQuery, MajorEvent, MajorEventRecord, MajorEventRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

/** SQL column: the event that covers the date of a generation, as JSON; null if there is none. */
export const coveringEvent = `(
  SELECT jsonb_build_object('kind', kind, 'title', title, 'objective', objective,
    'startDate', start_date, 'days', days)
  FROM major_events
  WHERE major_events.character_id = generations.character_id
    AND daterange(start_date, start_date + days) @> generations.date) AS major_event`;

const columns = {
  kind: 'kind',
  title: 'title',
  objective: 'objective',
  startDate: 'start_date',
  days: 'days',
};

export const eventColumns = { id: 'id', ...columns };

/** The stored form of an event. */
export function eventRow(character: string, event: MajorEventRecord) {
  const { id, kind, title, objective, startDate, days } = event;
  return { id, character_id: character, kind, title, objective, start_date: startDate, days };
}

export function makeMajorEventRepository(db: Knex): MajorEventRepository {
  async function covering(character: string, date: Temporal.PlainDate): Promise<MajorEvent | null> {
    const event = await db('major_events')
      .where({ character_id: character })
      .whereRaw('daterange(start_date, start_date + days) @> ?::date', [date.toString()])
      .first(columns);
    return event ?? null;
  }

  async function add(character: string, event: MajorEvent): Promise<MajorEvent | null> {
    await db('major_events')
      .insert(eventRow(character, { ...event, id: uuid() }))
      .onConflict()
      .ignore();
    return covering(character, Temporal.PlainDate.from(event.startDate));
  }

  async function list({ character, from, to, after, limit }: ListQuery) {
    const query = db('major_events')
      .where({ character_id: character })
      .orderBy([
        { column: 'start_date', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit)
      .select(eventColumns);
    if (from !== undefined) query.where('start_date', '>=', from.toString());
    if (to !== undefined) query.where('start_date', '<=', to.toString());
    if (after)
      query.whereRaw('(start_date, id) < (?::date, ?::uuid)', [after.date.toString(), after.id]);
    return (await query) as MajorEventRecord[];
  }

  return { add, list };
}
