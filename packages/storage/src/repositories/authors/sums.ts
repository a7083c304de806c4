import type { SpendingKey } from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';

// Every call of the fleet adds to the same sums. A sum is a row of `spending`, to which calls near a cap
// add one after another, plus its shards, to which all others do: each to a shard that no other statement
// has locked, or to a new one, so that it never waits.

const someShard = '(random() * 2147483647)::int';

/** SQL: a CTE body that locks a free shard of each sum in the CTE `sums`, or picks the number of a new one. */
export const freeShards = (sums: string) => `
  SELECT scope, period, starts_on, coalesce(free.shard, ${someShard}) AS shard
  FROM ${sums} LEFT JOIN LATERAL (
    SELECT shard FROM spending_shards AS kept
    WHERE kept.scope = ${sums}.scope AND kept.period = ${sums}.period
      AND kept.starts_on = ${sums}.starts_on
    ORDER BY shard LIMIT 1 FOR UPDATE SKIP LOCKED) AS free ON true`;

/** SQL: a CTE body that adds amounts, a query of (scope, period, starts_on, calls, tokens, cost), to the CTE `shards`. */
export const addToShards = (amounts: string, shards: string) => `
  INSERT INTO spending_shards AS old (scope, period, starts_on, shard, calls, tokens, cost)
  SELECT scope, period, starts_on, shard, calls, tokens, cost
  FROM (${amounts}) AS amounts JOIN ${shards} USING (scope, period, starts_on)
  ORDER BY scope, period, starts_on
  ON CONFLICT (scope, period, starts_on, shard) DO UPDATE SET calls = old.calls + excluded.calls,
    tokens = old.tokens + excluded.tokens, cost = old.cost + excluded.cost`;

/** SQL: all rows of all sums. */
export const allSums = `(
  SELECT scope, period, starts_on, calls, tokens, cost FROM spending
  UNION ALL SELECT scope, period, starts_on, calls, tokens, cost FROM spending_shards)`;

/** Adds the rows of `spending` that the first call near a cap needs, so that they can be locked. */
export async function addMissingSums(db: Knex, sums: readonly SpendingKey[]): Promise<void> {
  await queryRows(
    db,
    `INSERT INTO spending (scope, period, starts_on, calls, tokens, cost)
     SELECT DISTINCT scope, period, "startsOn", 0, 0, 0
     FROM jsonb_to_recordset(:sums) AS sum (scope text, period text, "startsOn" date)
     ORDER BY scope, period
     ON CONFLICT DO NOTHING`,
    { sums: JSON.stringify(sums) },
  );
}
