import type { Knex } from 'knex';

// A provider's quota of the day is the key's: a call tells with which one it was made.

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE author_calls ADD COLUMN fingerprint text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE author_calls DROP COLUMN fingerprint');
}
