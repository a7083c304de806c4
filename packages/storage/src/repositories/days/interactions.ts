import type { Temporal } from '@texas-ai/kernel';
import type { Interaction, InteractionRepository } from '@texas-ai/life';
import type { Knex } from 'knex';

interface InteractionRow extends Omit<Interaction, 'windowStart' | 'windowEnd'> {
  windowStart: Temporal.Instant;
  windowEnd: Temporal.Instant;
}

export function makeInteractionRepository(db: Knex): InteractionRepository {
  return {
    async list({ character, date, status, after, limit }) {
      // The join leaves out the interactions of superseded generations.
      const query = db('interactions')
        .join('days', {
          'days.character_id': 'interactions.character_id',
          'days.date': 'interactions.date',
          'days.generation_id': 'interactions.generation_id',
        })
        .where({ 'interactions.character_id': character })
        .orderBy([
          { column: 'interactions.date', order: 'desc' },
          { column: 'interactions.id', order: 'desc' },
        ])
        .limit(limit)
        .select({
          id: 'interactions.id',
          date: 'interactions.date',
          experienceId: 'interactions.experience_id',
          content: 'interactions.content',
          status: 'interactions.status',
          windowStart: 'interactions.window_start',
          windowEnd: 'interactions.window_end',
        });
      if (date !== undefined) query.where('interactions.date', date.toString());
      if (status !== undefined) query.where('interactions.status', status);
      if (after) {
        const cursor = [after.date.toString(), after.id];
        query.whereRaw('(interactions.date, interactions.id) < (?::date, ?::uuid)', cursor);
      }
      const rows: InteractionRow[] = await query;
      return rows.map(({ windowStart, windowEnd, ...row }) => ({
        ...row,
        windowStart: windowStart.toString(),
        windowEnd: windowEnd.toString(),
      }));
    },
  };
}
