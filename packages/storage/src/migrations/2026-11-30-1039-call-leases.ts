import type { Knex } from 'knex';

// An open call is in flight until its lease runs out. Calls of an older release have none. A lease that
// has run out is cleared by the next worker that makes the call, so there is at most one.

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE author_calls ADD COLUMN leased_until timestamptz;
    -- Probes have no generation, and are not restricted: nulls are distinct.
    CREATE UNIQUE INDEX author_calls_in_flight ON author_calls
      (generation_id, step, coalesce(chapter, -1))
      WHERE closed_at IS NULL AND leased_until IS NOT NULL;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE author_calls DROP COLUMN leased_until');
}
