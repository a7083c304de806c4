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
      const query = db('days')
        .join('interactions', 'interactions.generation_id', 'days.generation_id')
        .where({ 'days.character_id': character })
        .orderBy([
          { column: 'days.date', order: 'desc' },
          { column: 'interactions.id', order: 'desc' },
        ])
        .limit(limit)
        .select({
          id: 'interactions.id',
          date: 'days.date',
          experienceId: 'interactions.experience_id',
          content: 'interactions.content',
          status: 'interactions.status',
          windowStart: 'interactions.window_start',
          windowEnd: 'interactions.window_end',
        });
      if (date !== undefined) query.where('days.date', date);
      if (status !== undefined) query.where('interactions.status', status);
      if (after) {
        // The first condition is the one that an index can serve.
        query
          .where('days.date', '<=', after.date)
          .whereRaw('(days.date, interactions.id) < (?::date, ?::uuid)', [after.date, after.id]);
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
