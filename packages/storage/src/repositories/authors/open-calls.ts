import type { Temporal } from '@texas-ai/kernel';
import type { Cooldown, OpenedCall, PlannedCall, SpendingKey } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { isProbedCode, targetColumn, toTarget } from './cooldowns.js';
import { addMissingSums, addToShards, allSums, freeShards } from './sums.js';

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

/** Limits that count the earlier calls of a batch, even those that were refused. */
const limited: ReadonlySet<string> = new Set<OpenedCall['kind']>([
  'over-budget',
  'too-many-calls',
  'daily-quota',
]);

/**
 * Opens the entries of calls in one statement; the results are in the order of the calls. Those that it
 * cannot decide on together are opened one by one, and are promises: if one fails, it fails alone.
 */
export async function openCalls(
  db: Knex,
  calls: readonly PlannedCall[],
): Promise<(OpenedCall | Promise<OpenedCall>)[]> {
  const attempts = calls.map((call): Attempt => ({ ...call, id: uuid() }));
  const rows = await tryToOpen(db, attempts);
  let previous: Promise<unknown> = Promise.resolve();
  return attempts.map((attempt, index) => {
    const row = rows[index];
    const result = row ? toOpenedCall(row, attempt) : null;
    // One that is refused because of earlier ones may still fit.
    if (result && (index === 0 || !limited.has(result.kind))) return result;
    const alone = previous.then(() => openAlone(db, attempt));
    previous = alone.catch(() => undefined);
    return alone;
  });
}

async function openAlone(db: Knex, attempt: Attempt): Promise<OpenedCall> {
  for (;;) {
    const [row] = await tryToOpen(db, [attempt]);
    const result = row ? toOpenedCall(row, attempt) : null;
    if (result) return result;
    await addMissingSums(db, attempt.sums);
  }
}

/** More calls than other workers can open while a statement runs. */
const unseenCalls = 1_000;

/**
 * One statement for all these calls. A sum that even `unseenCalls` more calls would keep below its caps is
 * not locked. Otherwise its row of `spending` is, so calls of several workers do not exceed a cap together,
 * and each call counts the earlier ones of the batch. If the same call is opened twice at once, the unique
 * index of calls in flight admits one of them.
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
       WHERE calls - calls_before + place + (SELECT count(*) FROM author_calls
         WHERE generation_id = generation AND closed_at IS NULL) > max_calls
     ), quota_reached AS (
       SELECT n FROM (
         SELECT *, row_number() OVER (PARTITION BY author, fingerprint ORDER BY n) AS place
         FROM calls WHERE per_day IS NOT NULL) AS placed
       WHERE per_day < place + (
         SELECT count(*) FROM (SELECT FROM author_calls
           WHERE author_calls.author = placed.author AND opened_at >= day_began
             AND author_calls.fingerprint = placed.fingerprint LIMIT per_day) AS made)
     ), capped AS MATERIALIZED (
       SELECT scope, period, starts_on, min(cap_tokens) AS cap_tokens, min(cap_cost) AS cap_cost,
         sum(input + output) AS tokens, max(input + output) AS most_tokens,
         sum(coalesce(money, 0)) AS cost, max(coalesce(money, 0)) AS most_cost
       FROM wanted JOIN calls USING (n) WHERE cap_tokens IS NOT NULL OR cap_cost IS NOT NULL
       GROUP BY scope, period, starts_on
     ), near AS MATERIALIZED (
       SELECT capped.scope, capped.period, capped.starts_on
       FROM capped, LATERAL (
         SELECT coalesce(sum(sums.tokens), 0) AS tokens, coalesce(sum(sums.cost), 0) AS cost,
           greatest(sum(sums.calls), 1) AS calls
         FROM ${allSums} AS sums
         WHERE sums.scope = capped.scope AND sums.period = capped.period
           AND sums.starts_on = capped.starts_on) AS spent
       -- Others may be as large as the largest of these, or as the average.
       WHERE spent.tokens + capped.tokens
           + :unseen * greatest(most_tokens, spent.tokens / spent.calls) > cap_tokens
         OR spent.cost + capped.cost
           + :unseen * greatest(most_cost, spent.cost / spent.calls) > cap_cost
     ), locked AS MATERIALIZED (
       -- After the expired entries, as in closeCalls, and in one order, so that statements cannot deadlock.
       SELECT spending.scope, spending.period, spending.starts_on, tokens, cost
       FROM spending JOIN near USING (scope, period, starts_on),
         (SELECT count(*) FROM expired) AS entries
       ORDER BY spending.scope, spending.period, spending.starts_on FOR UPDATE OF spending
     ), totals AS MATERIALIZED (
       SELECT scope, period, starts_on,
         locked.tokens + coalesce(shards.tokens, 0) AS tokens,
         locked.cost + coalesce(shards.cost, 0) AS cost
       FROM locked LEFT JOIN LATERAL (
         SELECT sum(tokens) AS tokens, sum(cost) AS cost FROM spending_shards AS each
         WHERE each.scope = locked.scope AND each.period = locked.period
           AND each.starts_on = locked.starts_on) AS shards ON true
     ), refused AS (
       SELECT n FROM same WHERE leased UNION SELECT n FROM cooldown
       UNION SELECT n FROM too_many_calls UNION SELECT n FROM quota_reached
       -- Without a row there is no lock.
       UNION SELECT n FROM wanted JOIN near USING (scope, period, starts_on)
         LEFT JOIN totals USING (scope, period, starts_on) WHERE totals.tokens IS NULL
     ), running AS (
       -- What each sum would be after this call, if the earlier calls of the batch are made as well.
       SELECT n, scope, period, starts_on, cap_tokens, cap_cost,
         tokens + sum(input + output) OVER earlier AS tokens,
         cost + sum(coalesce(money, 0)) OVER earlier AS cost
       FROM calls JOIN wanted USING (n) JOIN totals USING (scope, period, starts_on)
       WHERE n NOT IN (SELECT n FROM refused)
       WINDOW earlier AS (PARTITION BY scope, period, starts_on ORDER BY n)
     ), exceeded AS (
       SELECT DISTINCT ON (n) n, scope, period, starts_on FROM (
         SELECT n, scope, period, starts_on FROM running WHERE tokens > cap_tokens OR cost > cap_cost
         -- If the price is unknown, a cap on money cannot be guaranteed.
         UNION ALL SELECT n, scope, period, starts_on FROM wanted JOIN calls USING (n)
           WHERE cap_cost IS NOT NULL AND money IS NULL AND n NOT IN (SELECT n FROM refused)) AS sums
       ORDER BY n, scope, period
     ), allowed AS (
       SELECT * FROM calls
       WHERE n NOT IN (SELECT n FROM refused) AND n NOT IN (SELECT n FROM exceeded)
         -- The expired entries would be in conflict with the new ones.
         AND (SELECT count(*) FROM expired) >= 0
     ), entries AS (
       INSERT INTO author_calls (id, generation_id, character_id, date, step, chapter, author,
         fingerprint, model, spent_on, input_tokens, output_tokens, cost, leased_until)
       SELECT id, generation, character, date, step, chapter, author, fingerprint, model, spent_on,
         input, output, money, now() + lease_ms * interval '1 millisecond'
       FROM allowed ORDER BY generation, step, chapter, n
       ON CONFLICT (generation_id, step, coalesce(chapter, -1))
         WHERE closed_at IS NULL AND leased_until IS NOT NULL DO NOTHING
       RETURNING id
     ), opened AS MATERIALIZED (
       SELECT calls.* FROM calls JOIN entries USING (id)
     ), amounts AS MATERIALIZED (
       SELECT scope, period, starts_on, count(*) AS calls, sum(input + output) AS tokens,
         sum(coalesce(money, 0)) AS cost
       FROM opened JOIN wanted USING (n) GROUP BY scope, period, starts_on
     ), added AS (
       UPDATE spending SET calls = spending.calls + amounts.calls,
         tokens = spending.tokens + amounts.tokens, cost = spending.cost + amounts.cost
       FROM amounts JOIN near USING (scope, period, starts_on)
       WHERE spending.scope = amounts.scope AND spending.period = amounts.period
         AND spending.starts_on = amounts.starts_on
     ), far AS MATERIALIZED (
       SELECT amounts.* FROM amounts LEFT JOIN near USING (scope, period, starts_on)
       WHERE near.scope IS NULL
     ), shards AS MATERIALIZED (${freeShards('far')}
     ), sharded AS (${addToShards('SELECT * FROM far', 'shards')}
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
      unseen: unseenCalls,
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
