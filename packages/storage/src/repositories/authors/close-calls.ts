import { type EndedCall, probedCodes } from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';
import { addToShards, freeShards } from './sums.js';

const refusals: ReadonlySet<string> = new Set(['author_rate_limited', ...probedCodes]);

/**
 * SQL: CTEs that close the calls of `closingValues`, each at its expected cost if its usage is unknown,
 * and correct the sums; `used` has what they add to each generation. `condition` is evaluated first, and
 * locks the generations in the order of their ids. No statement waits for a generation while it holds a
 * call, and closing never waits for a sum, so it deadlocks with no other statement.
 */
export const closing = (condition: string) => `
  ends AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(:ends) AS ends (id uuid, outcome text, input int, output int,
      money numeric, priced_model text, refused int)
  ), before AS MATERIALIZED (
    SELECT author_calls.id, character_id, spent_on, input_tokens + output_tokens AS tokens,
      coalesce(cost, 0) AS cost
    FROM author_calls JOIN ends USING (id) WHERE ${condition} AND closed_at IS NULL
    ORDER BY author_calls.id FOR UPDATE OF author_calls
  ), keys AS MATERIALIZED (
    SELECT id, scope, period, starts_on
    FROM before, unnest(ARRAY['', character_id]) AS scope,
      (VALUES ('day'), ('month')) AS periods (period),
      date_trunc(period, spent_on) AS first_day, date(first_day) AS starts_on
    WHERE scope IS NOT NULL
  ), closed AS (
    UPDATE author_calls AS call SET closed_at = now(), outcome = ends.outcome,
      input_tokens = coalesce(input, call.input_tokens),
      output_tokens = coalesce(output, call.output_tokens),
      priced_model = ends.priced_model,
      -- If the usage is known but the price is not, the cost becomes NULL instead of the expected one.
      cost = CASE WHEN input IS NULL THEN call.cost ELSE money END
    FROM before JOIN ends USING (id)
    WHERE call.id = before.id
    RETURNING call.id, call.generation_id, call.input_tokens, call.output_tokens, call.cost,
      refused, call.input_tokens + call.output_tokens - before.tokens AS more_tokens,
      coalesce(call.cost, 0) - before.cost AS more_cost
  ), sums AS MATERIALIZED (
    SELECT DISTINCT scope, period, starts_on FROM keys
  ), shards AS MATERIALIZED (${freeShards('sums')}
  ), corrected AS (${addToShards(
    `SELECT scope, period, starts_on, 0 AS calls, sum(more_tokens) AS tokens, sum(more_cost) AS cost
     FROM closed JOIN keys USING (id) GROUP BY scope, period, starts_on`,
    'shards',
  )}
  ), used AS (
    SELECT generation_id, count(*) AS calls, sum(input_tokens) AS input, sum(output_tokens) AS output,
      sum(coalesce(cost, 0)) AS cost, count(*) FILTER (WHERE cost IS NULL) AS unpriced,
      sum(refused) AS refused
    FROM closed GROUP BY generation_id
  )`;

/** The bindings of `closing`. */
export function closingValues(calls: readonly EndedCall[]) {
  return {
    ends: JSON.stringify(
      calls.map(({ id, outcome, usage, pricedModel = null }) => ({
        id,
        outcome,
        input: usage?.inputTokens ?? null,
        output: usage?.outputTokens ?? null,
        money: usage?.money ?? null,
        priced_model: pricedModel,
        refused: refusals.has(outcome) ? 1 : 0,
      })),
    ),
  };
}

/** SQL: the part of a SET clause that adds a row of `used`. */
export const addUsed = `calls = generations.calls + coalesce(used.calls, 0),
  -- Calls that the provider refused do not count towards the generation's limit.
  calls_before = generations.calls_before + coalesce(used.refused, 0),
  input_tokens = generations.input_tokens + coalesce(used.input, 0),
  output_tokens = generations.output_tokens + coalesce(used.output, 0),
  cost = generations.cost + coalesce(used.cost, 0),
  unpriced_calls = generations.unpriced_calls + coalesce(used.unpriced, 0)`;

/** Closes these calls, if they are open, in one statement. */
export async function closeCalls(db: Knex, calls: readonly EndedCall[]): Promise<void> {
  await queryRows(
    db,
    `WITH generations_of_calls AS (
       SELECT generations.id FROM generations
       WHERE id IN (SELECT generation_id FROM author_calls
         WHERE author_calls.id IN (SELECT id FROM jsonb_to_recordset(:ends) AS ends (id uuid)))
       ORDER BY id FOR NO KEY UPDATE
     ), ${closing('(SELECT count(*) FROM generations_of_calls) >= 0')}
     UPDATE generations SET ${addUsed} FROM used WHERE generations.id = used.generation_id`,
    closingValues(calls),
  );
}
