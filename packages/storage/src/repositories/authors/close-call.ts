import { type CallEnd, probedCodes } from '@texas-ai/life';
import type { Knex } from 'knex';

const refusals: ReadonlySet<string> = new Set(['author_rate_limited', ...probedCodes]);

/** Closes an open entry. If the usage is unknown, the expected cost stays spent. */
export async function closeCall(
  db: Knex,
  id: string,
  { outcome, usage, pricedModel = null }: CallEnd,
): Promise<void> {
  await db.raw(
    `WITH before AS (
       SELECT id, character_id, spent_on, input_tokens + output_tokens AS tokens,
         coalesce(cost, 0) AS cost
       FROM author_calls WHERE id = :id AND closed_at IS NULL FOR UPDATE
     ), locked AS (
       -- In the lock order of openCall, so that the two cannot deadlock. The entry is updated only after
       -- this: a worker that opens the same call locks the sums first and then waits for the entry.
       SELECT spending.scope, spending.period, spending.starts_on FROM spending, before
       WHERE spending.scope IN ('', before.character_id)
         AND ((spending.period = 'day' AND spending.starts_on = spent_on) OR
           (spending.period = 'month' AND
             spending.starts_on = date_trunc('month', spent_on)::date))
       ORDER BY spending.scope, spending.period FOR UPDATE OF spending
     ), closed AS (
       UPDATE author_calls AS call SET closed_at = now(), outcome = :outcome,
         input_tokens = coalesce(:input::int, call.input_tokens),
         output_tokens = coalesce(:output::int, call.output_tokens),
         priced_model = :pricedModel,
         -- A call known to have no price costs NULL, not what was expected.
         cost = CASE WHEN :input::int IS NULL THEN call.cost ELSE :money::numeric END
       FROM before, (SELECT count(*) FROM locked) AS sums WHERE call.id = before.id
       RETURNING call.*, before.tokens AS expected_tokens, before.cost AS expected_cost
     ), corrected AS (
       UPDATE spending SET
         tokens = tokens + closed.input_tokens + closed.output_tokens - expected_tokens,
         cost = spending.cost + coalesce(closed.cost, 0) - expected_cost
       FROM locked, closed
       WHERE spending.scope = locked.scope AND spending.period = locked.period
         AND spending.starts_on = locked.starts_on
       RETURNING 1
     )
     UPDATE generations SET input_tokens = generations.input_tokens + closed.input_tokens,
       -- Calls that the provider refused do not count towards the generation's limit.
       calls_before = generations.calls_before + :refused::int,
       output_tokens = generations.output_tokens + closed.output_tokens,
       cost = generations.cost + coalesce(closed.cost, 0),
       unpriced_calls = generations.unpriced_calls + (closed.cost IS NULL)::int
     -- The count of corrected updates the sums before the generation, in the lock order of openCall.
     FROM closed, (SELECT count(*) FROM corrected) AS sums
     WHERE generations.id = closed.generation_id`,
    {
      id,
      outcome,
      input: usage?.inputTokens ?? null,
      output: usage?.outputTokens ?? null,
      money: usage?.money ?? null,
      pricedModel,
      refused: refusals.has(outcome) ? 1 : 0,
    },
  );
}
