import type { Knex } from 'knex';

// An open call is in flight until its lease runs out. Calls of an older release have none.

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE author_calls ADD COLUMN leased_until timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE author_calls DROP COLUMN leased_until');
}
