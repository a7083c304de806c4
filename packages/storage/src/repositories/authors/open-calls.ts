import type { Temporal } from '@texas-ai/kernel';
import type { Cooldown, OpenedCall, PlannedCall, SpendingKey } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { isProbedCode, targetColumn, toTarget } from './cooldowns.js';

interface AttemptRow {
  opened: boolean;
  in_flight: boolean;
  too_many_calls: boolean;
  quota_reached: boolean;
  cooldown_code: Cooldown['code'] | null;
  cooldown_target: string | null;
  cooldown_reason: string | null;
  cooldown_until: Temporal.Instant | null;
  exceeded: SpendingKey | null;
}

type Attempt = PlannedCall & { id: string };

/** Opens the entries of calls; the results are in the order of the calls. */
export async function openCalls(db: Knex, calls: readonly PlannedCall[]): Promise<OpenedCall[]> {
  const attempts = calls.map((call): Attempt => ({ ...call, id: uuid() }));
  const results = new Map<string, OpenedCall>();
  for (let left = attempts; left.length > 0; ) {
    const rows = await tryToOpen(db, left);
    left.forEach((attempt, index) => {
      const row = rows[index];
      const result = row ? toOpenedCall(row, attempt) : null;
      if (result) results.set(attempt.id, result);
    });
    left = left.filter(({ id }) => !results.has(id));
    if (left.length > 0) await addMissingSums(db, left);
  }
  return attempts.flatMap(({ id }) => results.get(id) ?? []);
}

/** Adds the rows of `spending` that the first call of a day or month needs, so that they can be locked. */
async function addMissingSums(db: Knex, calls: readonly Attempt[]): Promise<void> {
  await db.raw(
    `INSERT INTO spending (scope, period, starts_on, calls, tokens, cost)
     SELECT DISTINCT scope, period, "startsOn", 0, 0, 0
     FROM jsonb_to_recordset(?) AS sum (scope text, period text, "startsOn" date)
     ORDER BY scope, period
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(calls.flatMap(({ sums }) => sums))],
  );
}

/**
 * One statement for all these calls. It checks the caps with the sums locked, so calls of several workers
 * do not exceed a cap together, and each call counts the earlier ones of the batch. If the same call is
 * opened twice at once, the unique index of calls in flight admits one of them.
 */
function tryToOpen(db: Knex, calls: readonly Attempt[]): Promise<AttemptRow[]> {
  return queryRows<AttemptRow>(
    db,
    `WITH calls AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset(:calls) AS call (n int, id uuid, generation uuid,
         character text, date date, step text, chapter int, author text, fingerprint text, key text,
         key_and_model text, model text, spent_on date, input int, output int, money numeric,
         max_calls int, lease_ms float8, per_day int, day_began timestamptz)
     ), wanted AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset(:sums) AS wanted (n int, scope text, period text,
         starts_on date, cap_tokens bigint, cap_cost numeric)
     ), same AS MATERIALIZED (
       -- The open entries of these calls, by the unique index of calls in flight.
       SELECT n, author_calls.id, leased_until > now() AS leased FROM calls JOIN author_calls
         ON generation_id = generation AND author_calls.step = calls.step
           AND coalesce(author_calls.chapter, -1) = coalesce(calls.chapter, -1)
       WHERE closed_at IS NULL AND leased_until IS NOT NULL
       ORDER BY author_calls.id FOR NO KEY UPDATE OF author_calls
     ), expired AS (
       UPDATE author_calls SET leased_until = NULL FROM same
       WHERE author_calls.id = same.id AND NOT leased RETURNING 1
     ), cooldown AS (
       SELECT DISTINCT ON (n) n, code, author_holds.fingerprint, reason, until
       FROM calls JOIN author_holds ON author_holds.author = calls.author
         AND author_holds.fingerprint IN (key, key_and_model)
       WHERE step <> 'probe' AND (${isProbedCode('code')} OR until > now())
       ORDER BY n, ${isProbedCode('code')} DESC, until DESC
     ), too_many_calls AS (
       SELECT n FROM (
         SELECT n, generation, max_calls, row_number() OVER (PARTITION BY generation ORDER BY n) AS place
         FROM calls) AS placed
       JOIN generations ON generations.id = generation
       WHERE calls - calls_before + place > max_calls
     ), quota_reached AS (
       SELECT n FROM (
         SELECT *, row_number() OVER (PARTITION BY author, fingerprint ORDER BY n) AS place
         FROM calls WHERE per_day IS NOT NULL) AS placed
       WHERE per_day < place + (
         SELECT count(*) FROM (SELECT FROM author_calls
           WHERE author_calls.author = placed.author AND opened_at >= day_began
             AND author_calls.fingerprint = placed.fingerprint LIMIT per_day) AS made)
     ), locked AS (
       -- After the expired entries, in the lock order of closeCalls, so that the two cannot deadlock.
       SELECT spending.scope, spending.period, spending.starts_on, tokens, cost
       FROM spending JOIN (SELECT DISTINCT scope, period, starts_on FROM wanted) AS keys
         USING (scope, period, starts_on), (SELECT count(*) FROM expired) AS entries
       ORDER BY spending.scope, spending.period, spending.starts_on FOR UPDATE OF spending
     ), refused AS (
       SELECT n FROM same WHERE leased UNION SELECT n FROM cooldown
       UNION SELECT n FROM too_many_calls UNION SELECT n FROM quota_reached
       UNION SELECT n FROM wanted LEFT JOIN locked USING (scope, period, starts_on)
         WHERE locked.scope IS NULL
     ), running AS (
       -- What each sum would be after this call, if the earlier calls of the batch are made as well.
       SELECT n, scope, period, starts_on, cap_tokens, cap_cost, money,
         tokens + sum(input + output) OVER earlier AS tokens,
         cost + sum(coalesce(money, 0)) OVER earlier AS cost
       FROM calls JOIN wanted USING (n) JOIN locked USING (scope, period, starts_on)
       WHERE n NOT IN (SELECT n FROM refused)
       WINDOW earlier AS (PARTITION BY scope, period, starts_on ORDER BY n)
     ), exceeded AS (
       SELECT DISTINCT ON (n) n, scope, period, starts_on FROM running
       WHERE tokens > cap_tokens
         -- If the price is unknown, a cap on money cannot be guaranteed.
         OR (cap_cost IS NOT NULL AND (money IS NULL OR cost > cap_cost))
       ORDER BY n, scope, period
     ), allowed AS (
       SELECT * FROM calls
       WHERE n NOT IN (SELECT n FROM refused) AND n NOT IN (SELECT n FROM exceeded)
     ), entries AS (
       INSERT INTO author_calls (id, generation_id, character_id, date, step, chapter, author,
         fingerprint, model, spent_on, input_tokens, output_tokens, cost, leased_until)
       SELECT id, generation, character, date, step, chapter, author, fingerprint, model, spent_on,
         input, output, money, now() + lease_ms * interval '1 millisecond'
       FROM allowed ORDER BY n
       ON CONFLICT (generation_id, step, coalesce(chapter, -1))
         WHERE closed_at IS NULL AND leased_until IS NOT NULL DO NOTHING
       RETURNING id
     ), opened AS MATERIALIZED (
       SELECT calls.* FROM calls JOIN entries USING (id)
     ), added AS (
       UPDATE spending SET calls = spending.calls + more.calls, tokens = spending.tokens + more.tokens,
         cost = spending.cost + more.cost
       FROM (
         SELECT scope, period, starts_on, count(*) AS calls, sum(input + output) AS tokens,
           sum(coalesce(money, 0)) AS cost
         FROM opened JOIN wanted USING (n) GROUP BY scope, period, starts_on) AS more
       WHERE spending.scope = more.scope AND spending.period = more.period
         AND spending.starts_on = more.starts_on
       RETURNING 1
     ), counted AS (
       UPDATE generations SET calls = generations.calls + more.calls, touched_at = now()
       -- The count of added updates the sums before the generations, in the lock order of closeCalls.
       FROM (SELECT generation, count(*) AS calls FROM opened GROUP BY generation) AS more,
         (SELECT count(*) FROM added) AS sums
       WHERE generations.id = more.generation
     )
     SELECT n IN (SELECT n FROM opened) AS opened,
       -- A call that is allowed but has no entry was opened by another worker first.
       n IN (SELECT n FROM same WHERE leased)
         OR (n IN (SELECT n FROM allowed) AND n NOT IN (SELECT n FROM opened)) AS in_flight,
       n IN (SELECT n FROM too_many_calls) AS too_many_calls,
       n IN (SELECT n FROM quota_reached) AS quota_reached,
       cooldown.code AS cooldown_code, cooldown.fingerprint AS cooldown_target,
       cooldown.reason AS cooldown_reason, cooldown.until AS cooldown_until,
       (SELECT jsonb_build_object('scope', scope, 'period', period, 'startsOn', starts_on)
        FROM exceeded WHERE exceeded.n = calls.n) AS exceeded
     FROM calls LEFT JOIN cooldown USING (n) ORDER BY n`,
    {
      calls: JSON.stringify(calls.map(callRow)),
      sums: JSON.stringify(calls.flatMap(sumRows)),
    },
  );
}

function callRow(call: Attempt, n: number) {
  const { expected, sums, daily, fingerprint } = call;
  return {
    n,
    id: call.id,
    generation: call.generationId,
    character: call.character,
    date: call.date,
    step: call.step,
    chapter: call.chapter,
    author: call.author,
    fingerprint,
    key: targetColumn({ fingerprint }),
    key_and_model: targetColumn({ fingerprint, model: call.model ?? '' }),
    model: call.model,
    spent_on: sums.find(({ period }) => period === 'day')?.startsOn ?? call.date,
    input: expected.inputTokens,
    output: expected.outputTokens,
    money: expected.money,
    max_calls: call.maxCalls,
    lease_ms: call.leaseMs,
    per_day: daily?.max ?? null,
    day_began: daily?.since.toString() ?? null,
  };
}

function sumRows({ sums }: Attempt, n: number) {
  return sums.map(({ scope, period, startsOn, cap }) => ({
    n,
    scope,
    period,
    starts_on: startsOn,
    cap_tokens: cap.tokens,
    cap_cost: cap.money,
  }));
}

/** Null if it must be tried again because a sum was missing. */
function toOpenedCall(row: AttemptRow, { id, author }: Attempt): OpenedCall | null {
  if (row.opened) return { kind: 'opened', id };
  if (row.in_flight) return { kind: 'in-flight' };
  const { cooldown_code: code, cooldown_reason: reason, cooldown_until: until } = row;
  if (code && until) {
    const target = toTarget({ author, fingerprint: row.cooldown_target ?? '' });
    return { kind: 'cooling-down', cooldown: { ...target, code, reason: reason ?? '', until } };
  }
  if (row.too_many_calls) return { kind: 'too-many-calls' };
  if (row.exceeded) return { kind: 'over-budget', sum: row.exceeded };
  if (row.quota_reached) return { kind: 'daily-quota' };
  return null;
}
