import type { Knex } from 'knex';

// A sum of the ledger is a row of `spending` plus its shards. Workers of an older release add to the row
// and do not see the shards: until they have stopped, they may exceed a cap.

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE spending_shards (
      scope text NOT NULL,
      period text NOT NULL CHECK (period IN ('day', 'month')),
      starts_on date NOT NULL,
      shard integer NOT NULL,
      calls bigint NOT NULL,
      tokens bigint NOT NULL,
      cost numeric NOT NULL,
      PRIMARY KEY (scope, period, starts_on, shard)
    ) WITH (fillfactor = 50);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    INSERT INTO spending (scope, period, starts_on, calls, tokens, cost)
    SELECT scope, period, starts_on, sum(calls), sum(tokens), sum(cost)
    FROM spending_shards GROUP BY scope, period, starts_on
    ON CONFLICT (scope, period, starts_on) DO UPDATE SET calls = spending.calls + excluded.calls,
      tokens = spending.tokens + excluded.tokens, cost = spending.cost + excluded.cost;
    DROP TABLE spending_shards;
  `);
}
