import type { Knex } from 'knex';

// What is removed by its age is found by an index, and what falls with it as well.

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX generations_given_up ON generations (finished_at)
      WHERE status IN ('failed', 'cancelled');
    -- Whoever took the place of another has a higher ordinal than the first.
    CREATE INDEX generations_replacing ON generations (finished_at)
      WHERE status = 'published' AND ordinal > 1;
    CREATE INDEX days_by_date ON days (date);
    CREATE INDEX interactions_by_age ON interactions (date);
    CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
    CREATE INDEX idempotency_keys_by_generation ON idempotency_keys (generation_id);
    CREATE INDEX alerts_recovered ON alerts (recovered_at) WHERE recovered_at IS NOT NULL;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX generations_given_up, generations_replacing, days_by_date, interactions_by_age,
      idempotency_keys_by_age, idempotency_keys_by_generation, alerts_recovered;
  `);
}
