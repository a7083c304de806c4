import type { Temporal } from '@texas-ai/kernel';
import {
  type Amount,
  type CallEnd,
  type Cooldown,
  type CostRow,
  knownSum,
  type LedgerRepository,
  type OpenedCall,
  type PlannedCall,
  probedCodes,
  type SpendingKey,
  sumName,
} from '@texas-ai/life';
import { advisoryLocks } from '@texas-ai/postgres';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { inFlight } from '../generations/transitions.js';
import { isProbedCode, targetColumn, toTarget } from './cooldowns.js';

interface OpenedRow {
  opened: boolean;
  capped: boolean;
  daily: boolean;
  in_flight: boolean;
  hold_code: Cooldown['code'] | null;
  hold_name: string | null;
  hold_reason: string | null;
  hold_until: Temporal.Instant | null;
  over: { scope: string; period: SpendingKey['period']; startsOn: string } | null;
}

/** The entries of one call that are not closed, by the unique index of calls in flight. */
const sameCall = `generation_id = :generation AND step = :step
         AND coalesce(chapter, -1) = coalesce(:chapter::int, -1) AND closed_at IS NULL`;

const leasedFor = "now() + ? * interval '1 millisecond'";

export function makeLedgerRepository(db: Knex): LedgerRepository {
  return {
    open: (call) => open(db, call),

    async renewLease(id, leaseMs) {
      await db('author_calls')
        .where({ id, closed_at: null })
        // Once it has run out and was cleared, the call may be another worker's.
        .whereNotNull('leased_until')
        .update({ leased_until: db.raw(leasedFor, [leaseMs]) });
    },

    close: (id, end) => close(db, id, end),

    async closeLost(openedBefore) {
      const ids: { id: string }[] = await db('author_calls')
        .whereNull('closed_at')
        .where('opened_at', '<', openedBefore.toString())
        .select('id');
      for (const { id } of ids) await close(db, id, { outcome: 'lost', usage: null });
      return ids.length;
    },

    async spent(keys) {
      const { rows } = await db.raw<{
        rows: {
          scope: string;
          period: SpendingKey['period'];
          startsOn: string;
          tokens: number;
          cost: number;
        }[];
      }>(
        `SELECT scope, period, starts_on AS "startsOn", tokens, cost
         FROM spending JOIN jsonb_to_recordset(?) AS asked (scope text, period text, "startsOn" date)
           USING (scope, period) WHERE starts_on = "startsOn"`,
        [JSON.stringify(keys)],
      );
      return new Map(
        rows.map(({ tokens, cost, ...key }) => [sumName(key), { tokens, money: cost }]),
      );
    },

    async averageGeneration(author, since) {
      const { rows } = await db.raw<{ rows: { input: number | null; output: number | null }[] }>(
        `SELECT avg(input)::float8 AS input, avg(output)::float8 AS output FROM (
           SELECT sum(input_tokens) AS input, sum(output_tokens) AS output
           FROM (
             SELECT generation_id, input_tokens, output_tokens FROM author_calls
             -- What was cut short, or ended by another author, tells nothing of a whole day.
             WHERE author = :author AND opened_at >= :since AND generation_id IS NOT NULL
               AND NOT EXISTS (
               SELECT FROM generations WHERE generations.id = generation_id
                 AND (status <> 'published' OR fallback_from IS NOT NULL))
             ORDER BY opened_at DESC LIMIT 5000
           ) AS recent GROUP BY generation_id
         ) AS generations`,
        { author, since: since.toString() },
      );
      const { input = null, output = null } = rows[0] ?? {};
      if (input === null || output === null) return null;
      return { inputTokens: input, outputTokens: output };
    },

    async stillToSpend(author, each) {
      const { rows } = await db.raw<{ rows: Amount[] }>(
        `SELECT
           coalesce(sum(greatest(:tokens - input_tokens - output_tokens, 0)), 0)::float8 AS tokens,
           coalesce(sum(greatest(:money - cost, 0)), 0)::float8 AS money
         FROM generations WHERE author = :author AND ${inFlight}`,
        { author, tokens: each.tokens, money: each.money },
      );
      return rows[0] ?? { tokens: 0, money: 0 };
    },

    async lockForecast() {
      await db.raw('SELECT pg_advisory_xact_lock(?)', [advisoryLocks.forecast]);
    },

    async costs({ from, to, character }) {
      const priced = db.raw('coalesce(priced_model, model)');
      const query = db('author_calls')
        .whereBetween('spent_on', [from, to])
        .groupBy('spent_on', 'author', priced, 'step')
        .orderBy(['spent_on', 'author', 'model', 'step'])
        .select({ date: 'spent_on', author: 'author', model: priced, step: 'step' })
        .count({ calls: '*', pricedCalls: 'cost' })
        .sum({ inputTokens: 'input_tokens', outputTokens: 'output_tokens', money: 'cost' });
      if (character !== undefined) query.where({ character_id: character });
      const rows = (await query) as unknown as (CostRow & { pricedCalls: number })[];
      return rows.map(({ pricedCalls, money, ...row }) => {
        const unpricedCalls = row.calls - pricedCalls;
        return { ...row, money: knownSum(money ?? 0, unpricedCalls), unpricedCalls };
      });
    },

    async lastCalls({ author, fingerprint, model }, since) {
      const { rows } = await db.raw<{
        rows: { madeAt: Temporal.Instant | null; answeredAt: Temporal.Instant | null }[];
      }>(
        `WITH calls AS (
           SELECT opened_at, outcome FROM author_calls
           WHERE author = :author AND opened_at >= :since::timestamptz
             AND fingerprint = :fingerprint AND model IS NOT DISTINCT FROM :model
         )
         SELECT (SELECT opened_at FROM calls ORDER BY opened_at DESC LIMIT 1) AS "madeAt",
           (SELECT opened_at FROM calls WHERE outcome = 'answered'
            ORDER BY opened_at DESC LIMIT 1) AS "answeredAt"`,
        { author, fingerprint, model, since: since.toString() },
      );
      return rows[0] ?? { madeAt: null, answeredAt: null };
    },
  };
}

/** Without a usage the expectation stays spent. An entry that is closed stays as it is. */
async function close(
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
       -- In the order in which calls are opened, so that the two never wait for each other. The entry
       -- is changed only after that: whoever opens the same call has the sums locked and waits for the change.
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
         -- What is known to have no price is not what was expected to be.
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
       -- What a provider refuses is nothing that its generation used up.
       calls_before = generations.calls_before + :refused::int,
       output_tokens = generations.output_tokens + closed.output_tokens,
       cost = generations.cost + coalesce(closed.cost, 0),
       unpriced_calls = generations.unpriced_calls + (closed.cost IS NULL)::int
     -- Counting the sums has them locked before the generation, as where a call is opened.
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

const refusals: ReadonlySet<string> = new Set(['author_rate_limited', ...probedCodes]);

async function open(db: Knex, call: PlannedCall): Promise<OpenedCall> {
  const id = uuid();
  for (;;) {
    const opened = openedOf(await tryToOpen(db, call, id), call, id);
    if (opened) return opened;
    await addSums(db, call.sums);
  }
}

/** The first call of a period finds no sums that it could lock. */
async function addSums(db: Knex, sums: PlannedCall['sums']): Promise<void> {
  await db.raw(
    `INSERT INTO spending (scope, period, starts_on, calls, tokens, cost)
     SELECT scope, period, "startsOn", 0, 0, 0
     FROM jsonb_to_recordset(?) AS sum (scope text, period text, "startsOn" date)
     ORDER BY scope, period
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(sums)],
  );
}

/**
 * One statement. What forbids the call is looked at with the sums locked, so that no two pass a cap;
 * of those that open the same call at once, the unique index of calls in flight lets one through.
 */
async function tryToOpen(db: Knex, call: PlannedCall, id: string): Promise<OpenedRow | undefined> {
  const { expected, sums, daily } = call;
  const { rows } = await db.raw<{ rows: OpenedRow[] }>(
    `WITH asked AS (
       SELECT * FROM jsonb_to_recordset(:sums)
         AS asked (scope text, period text, starts_on date, cap_tokens bigint, cap_cost numeric)
     ), expired AS (
       UPDATE author_calls SET leased_until = NULL WHERE ${sameCall} AND leased_until <= now()
       RETURNING 1
     ), in_flight AS (
       SELECT FROM author_calls WHERE ${sameCall} AND leased_until > now()
     ), held AS (
       SELECT code, fingerprint, reason, until FROM author_holds
       WHERE :step <> 'probe' AND author = :author AND fingerprint IN (:key, :keyAndModel)
         AND (${isProbedCode('code')} OR until > now())
       ORDER BY ${isProbedCode('code')} DESC, until DESC LIMIT 1
     ), capped AS (
       SELECT FROM generations WHERE id = :generation AND calls - calls_before >= :maxCalls
     ), daily AS (
       SELECT WHERE :perDay::int IS NOT NULL AND :perDay::int <= (
         SELECT count(*) FROM (SELECT FROM author_calls
           WHERE author = :author AND opened_at >= :dayBegan::timestamptz
             AND fingerprint = :fingerprint LIMIT :perDay::int) AS calls)
     ), locked AS (
       -- After an expired entry, as where a call is closed, so that the two never wait for each other.
       SELECT spending.scope, spending.period, spending.starts_on, tokens, cost
       FROM spending JOIN asked USING (scope, period, starts_on),
         (SELECT count(*) FROM expired) AS entries
       ORDER BY spending.scope, spending.period FOR UPDATE OF spending
     ), unlocked AS (
       SELECT FROM asked LEFT JOIN locked USING (scope, period)
       WHERE locked.scope IS NULL
     ), passed AS (
       SELECT asked.scope, asked.period, asked.starts_on
       FROM asked LEFT JOIN locked USING (scope, period)
       WHERE coalesce(tokens, 0) + :tokens > cap_tokens
         -- A cap cannot be kept where the price is not known.
         OR (cap_cost IS NOT NULL AND coalesce(coalesce(cost, 0) + :money::numeric > cap_cost, true))
       LIMIT 1
     ), free AS (
       SELECT WHERE NOT EXISTS (SELECT FROM in_flight)
         AND NOT EXISTS (SELECT FROM held) AND NOT EXISTS (SELECT FROM capped)
         AND NOT EXISTS (SELECT FROM daily) AND NOT EXISTS (SELECT FROM passed)
         AND NOT EXISTS (SELECT FROM unlocked)
     ), entry AS (
       INSERT INTO author_calls (id, generation_id, character_id, date, step, chapter, author,
         fingerprint, model, spent_on, input_tokens, output_tokens, cost, leased_until)
       SELECT :id, :generation, :character, :date, :step, :chapter, :author, :fingerprint, :model,
         :spentOn, :input, :output, :money, now() + :leaseMs * interval '1 millisecond'
       FROM free
       ON CONFLICT (generation_id, step, coalesce(chapter, -1))
         WHERE closed_at IS NULL AND leased_until IS NOT NULL DO NOTHING
       RETURNING id
     ), counted AS (
       UPDATE spending SET calls = calls + 1, tokens = spending.tokens + :tokens,
         cost = spending.cost + coalesce(:money::numeric, 0)
       FROM locked, entry
       WHERE spending.scope = locked.scope AND spending.period = locked.period
         AND spending.starts_on = locked.starts_on
       RETURNING 1
     ), billed AS (
       UPDATE generations SET calls = calls + 1, touched_at = now()
       -- Counting the sums has them updated before the generation, as where a call is closed.
       FROM entry, (SELECT count(*) FROM counted) AS sums WHERE generations.id = :generation
     )
     SELECT EXISTS (SELECT FROM entry) AS opened, EXISTS (SELECT FROM capped) AS capped,
       EXISTS (SELECT FROM daily) AS daily,
       -- Nothing forbade it and yet there is no entry: another worker was faster.
       EXISTS (SELECT FROM in_flight) OR (EXISTS (SELECT FROM free) AND NOT EXISTS (SELECT FROM entry))
         AS in_flight,
       held.code AS hold_code,
       held.fingerprint AS hold_name, held.reason AS hold_reason, held.until AS hold_until,
       (SELECT jsonb_build_object('scope', scope, 'period', period, 'startsOn', starts_on)
        FROM passed) AS over
     FROM (SELECT) AS once LEFT JOIN held ON true`,
    {
      id,
      generation: call.generationId,
      character: call.character,
      date: call.date,
      step: call.step,
      chapter: call.chapter,
      author: call.author,
      fingerprint: call.fingerprint,
      model: call.model,
      key: targetColumn({ fingerprint: call.fingerprint }),
      keyAndModel: targetColumn({ fingerprint: call.fingerprint, model: call.model ?? '' }),
      spentOn: sums.find(({ period }) => period === 'day')?.startsOn ?? call.date,
      input: expected.inputTokens,
      output: expected.outputTokens,
      tokens: expected.inputTokens + expected.outputTokens,
      money: expected.money,
      maxCalls: call.maxCalls,
      leaseMs: call.leaseMs,
      perDay: daily?.max ?? null,
      dayBegan: daily?.since.toString() ?? null,
      sums: JSON.stringify(
        sums.map(({ scope, period, startsOn, cap }) => ({
          scope,
          period,
          starts_on: startsOn,
          cap_tokens: cap.tokens,
          cap_cost: cap.money,
        })),
      ),
    },
  );
  return rows[0];
}

/** Null where it has to be tried again, with all sums there. */
function openedOf(row: OpenedRow | undefined, call: PlannedCall, id: string): OpenedCall | null {
  if (row?.opened) return { kind: 'opened', id };
  if (row?.in_flight) return { kind: 'in-flight' };
  if (row?.hold_code && row.hold_until) {
    const { hold_code: code, hold_reason: reason, hold_until: until } = row;
    const access = toTarget({ author: call.author, fingerprint: row.hold_name ?? '' });
    return { kind: 'cooling-down', cooldown: { ...access, code, reason: reason ?? '', until } };
  }
  if (row?.capped) return { kind: 'too-many-calls' };
  if (row?.over) return { kind: 'over-budget', sum: row.over };
  if (row?.daily) return { kind: 'quota-of-the-day' };
  return null;
}
