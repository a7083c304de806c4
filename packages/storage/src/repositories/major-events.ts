import type { MajorEvent, MajorEventRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

export function makeMajorEventRepository(db: Knex): MajorEventRepository {
  async function covering(character: string, date: string): Promise<MajorEvent | null> {
    const event = await db('major_events')
      .where({ character_id: character })
      .whereRaw('daterange(start_date, start_date + days) @> ?::date', [date])
      .first({
        kind: 'kind',
        title: 'title',
        objective: 'objective',
        startDate: 'start_date',
        days: 'days',
      });
    return event ?? null;
  }

  async function keep(character: string, event: MajorEvent): Promise<MajorEvent | null> {
    await db('major_events')
      .insert({
        id: uuid(),
        character_id: character,
        kind: event.kind,
        title: event.title,
        objective: event.objective,
        start_date: event.startDate,
        days: event.days,
      })
      .onConflict()
      .ignore();
    return covering(character, event.startDate);
  }

  return { covering, keep };
}
