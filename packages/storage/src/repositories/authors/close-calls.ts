import { type CallEnd, probedCodes } from '@texas-ai/life';
import type { Knex } from 'knex';

const refusals: ReadonlySet<string> = new Set(['author_rate_limited', ...probedCodes]);

export type CallToClose = CallEnd & { id: string };

/** Closes these open entries in one statement. If the usage is unknown, the expected cost still counts. */
export async function closeCalls(db: Knex, calls: readonly CallToClose[]): Promise<void> {
  await db.raw(
    `WITH ends AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset(:ends) AS ends (id uuid, outcome text, input int, output int,
         money numeric, priced_model text, refused int)
     ), before AS MATERIALIZED (
       SELECT author_calls.id, character_id, spent_on, input_tokens + output_tokens AS tokens,
         coalesce(cost, 0) AS cost
       FROM author_calls JOIN ends USING (id) WHERE closed_at IS NULL
       ORDER BY author_calls.id FOR UPDATE OF author_calls
     ), keys AS MATERIALIZED (
       SELECT id, scope, period, starts_on
       FROM before, unnest(ARRAY['', character_id]) AS scope,
         (VALUES ('day'), ('month')) AS periods (period),
         date_trunc(period, spent_on) AS first_day, date(first_day) AS starts_on
       WHERE scope IS NOT NULL
     ), locked AS (
       -- In the lock order of openCalls, so that the two cannot deadlock. The entries are updated only
       -- after this: a worker that opens the same call locks the sums first and then waits for the entry.
       SELECT spending.scope, spending.period, spending.starts_on
       FROM spending JOIN (SELECT DISTINCT scope, period, starts_on FROM keys) AS wanted
         USING (scope, period, starts_on)
       ORDER BY spending.scope, spending.period, spending.starts_on FOR UPDATE OF spending
     ), closed AS (
       UPDATE author_calls AS call SET closed_at = now(), outcome = ends.outcome,
         input_tokens = coalesce(input, call.input_tokens),
         output_tokens = coalesce(output, call.output_tokens),
         priced_model = ends.priced_model,
         -- If the usage is known but the price is not, the cost becomes NULL instead of the expected one.
         cost = CASE WHEN input IS NULL THEN call.cost ELSE money END
       FROM before JOIN ends USING (id), (SELECT count(*) FROM locked) AS sums
       WHERE call.id = before.id
       RETURNING call.id, call.generation_id, call.input_tokens, call.output_tokens, call.cost,
         refused, call.input_tokens + call.output_tokens - before.tokens AS more_tokens,
         coalesce(call.cost, 0) - before.cost AS more_cost
     ), corrected AS (
       UPDATE spending SET tokens = spending.tokens + more.tokens, cost = spending.cost + more.cost
       FROM (
         SELECT scope, period, starts_on, sum(more_tokens) AS tokens, sum(more_cost) AS cost
         FROM closed JOIN keys USING (id) GROUP BY scope, period, starts_on) AS more
       WHERE spending.scope = more.scope AND spending.period = more.period
         AND spending.starts_on = more.starts_on
       RETURNING 1
     )
     UPDATE generations SET input_tokens = generations.input_tokens + more.input,
       -- Calls that the provider refused do not count towards the generation's limit.
       calls_before = generations.calls_before + more.refused,
       output_tokens = generations.output_tokens + more.output,
       cost = generations.cost + more.cost,
       unpriced_calls = generations.unpriced_calls + more.unpriced
     -- Counting corrected ensures that the sums are updated first, in the lock order of openCalls.
     FROM (
       SELECT generation_id, sum(input_tokens) AS input, sum(output_tokens) AS output,
         sum(coalesce(cost, 0)) AS cost, count(*) FILTER (WHERE cost IS NULL) AS unpriced,
         sum(refused) AS refused
       FROM closed GROUP BY generation_id) AS more, (SELECT count(*) FROM corrected) AS sums
     WHERE generations.id = more.generation_id`,
    {
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
    },
  );
}
