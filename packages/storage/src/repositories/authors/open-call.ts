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

/** The open entries of this call, by the unique index of calls in flight. */
const sameCall = `generation_id = :generation AND step = :step
         AND coalesce(chapter, -1) = coalesce(:chapter::int, -1) AND closed_at IS NULL`;

export async function openCall(db: Knex, call: PlannedCall): Promise<OpenedCall> {
  const id = uuid();
  for (;;) {
    const [row] = await tryToOpen(db, call, id);
    const result = row ? toOpenedCall(row, call, id) : null;
    if (result) return result;
    await addMissingSums(db, call.sums);
  }
}

/** Adds the rows of `spending` that the first call of a day or month needs, so that they can be locked. */
async function addMissingSums(db: Knex, sums: PlannedCall['sums']): Promise<void> {
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
 * One statement. It checks the caps with the sums locked, so no two calls exceed a cap together; if the
 * same call is opened twice at once, the unique index of calls in flight admits one of them.
 */
function tryToOpen(db: Knex, call: PlannedCall, id: string): Promise<AttemptRow[]> {
  const { expected, sums, daily } = call;
  return queryRows<AttemptRow>(
    db,
    `WITH wanted AS (
       SELECT * FROM jsonb_to_recordset(:sums)
         AS wanted (scope text, period text, starts_on date, cap_tokens bigint, cap_cost numeric)
     ), expired AS (
       UPDATE author_calls SET leased_until = NULL WHERE ${sameCall} AND leased_until <= now()
       RETURNING 1
     ), in_flight AS (
       SELECT FROM author_calls WHERE ${sameCall} AND leased_until > now()
     ), cooldown AS (
       SELECT code, fingerprint, reason, until FROM author_holds
       WHERE :step <> 'probe' AND author = :author AND fingerprint IN (:key, :keyAndModel)
         AND (${isProbedCode('code')} OR until > now())
       ORDER BY ${isProbedCode('code')} DESC, until DESC LIMIT 1
     ), too_many_calls AS (
       SELECT FROM generations WHERE id = :generation AND calls - calls_before >= :maxCalls
     ), quota_reached AS (
       SELECT WHERE :perDay::int IS NOT NULL AND :perDay::int <= (
         SELECT count(*) FROM (SELECT FROM author_calls
           WHERE author = :author AND opened_at >= :dayBegan::timestamptz
             AND fingerprint = :fingerprint LIMIT :perDay::int) AS calls)
     ), locked AS (
       -- After the expired entry, in the lock order of closeCall, so that the two cannot deadlock.
       SELECT spending.scope, spending.period, spending.starts_on, tokens, cost
       FROM spending JOIN wanted USING (scope, period, starts_on),
         (SELECT count(*) FROM expired) AS entries
       ORDER BY spending.scope, spending.period FOR UPDATE OF spending
     ), unlocked AS (
       SELECT FROM wanted LEFT JOIN locked USING (scope, period)
       WHERE locked.scope IS NULL
     ), exceeded AS (
       SELECT wanted.scope, wanted.period, wanted.starts_on
       FROM wanted LEFT JOIN locked USING (scope, period)
       WHERE coalesce(tokens, 0) + :tokens > cap_tokens
         -- If the price is unknown, a cap on money cannot be guaranteed.
         OR (cap_cost IS NOT NULL AND coalesce(coalesce(cost, 0) + :money::numeric > cap_cost, true))
       LIMIT 1
     ), allowed AS (
       SELECT WHERE NOT EXISTS (SELECT FROM in_flight)
         AND NOT EXISTS (SELECT FROM cooldown) AND NOT EXISTS (SELECT FROM too_many_calls)
         AND NOT EXISTS (SELECT FROM quota_reached) AND NOT EXISTS (SELECT FROM exceeded)
         AND NOT EXISTS (SELECT FROM unlocked)
     ), entry AS (
       INSERT INTO author_calls (id, generation_id, character_id, date, step, chapter, author,
         fingerprint, model, spent_on, input_tokens, output_tokens, cost, leased_until)
       SELECT :id, :generation, :character, :date, :step, :chapter, :author, :fingerprint, :model,
         :spentOn, :input, :output, :money, now() + :leaseMs * interval '1 millisecond'
       FROM allowed
       ON CONFLICT (generation_id, step, coalesce(chapter, -1))
         WHERE closed_at IS NULL AND leased_until IS NOT NULL DO NOTHING
       RETURNING id
     ), added AS (
       UPDATE spending SET calls = calls + 1, tokens = spending.tokens + :tokens,
         cost = spending.cost + coalesce(:money::numeric, 0)
       FROM locked, entry
       WHERE spending.scope = locked.scope AND spending.period = locked.period
         AND spending.starts_on = locked.starts_on
       RETURNING 1
     ), counted AS (
       UPDATE generations SET calls = calls + 1, touched_at = now()
       -- The count of added updates the sums before the generation, in the lock order of closeCall.
       FROM entry, (SELECT count(*) FROM added) AS sums WHERE generations.id = :generation
     )
     SELECT EXISTS (SELECT FROM entry) AS opened,
       -- A call that is allowed but has no entry was opened by another worker first.
       EXISTS (SELECT FROM in_flight)
         OR (EXISTS (SELECT FROM allowed) AND NOT EXISTS (SELECT FROM entry)) AS in_flight,
       EXISTS (SELECT FROM too_many_calls) AS too_many_calls,
       EXISTS (SELECT FROM quota_reached) AS quota_reached,
       cooldown.code AS cooldown_code, cooldown.fingerprint AS cooldown_target,
       cooldown.reason AS cooldown_reason, cooldown.until AS cooldown_until,
       (SELECT jsonb_build_object('scope', scope, 'period', period, 'startsOn', starts_on)
        FROM exceeded) AS exceeded
     FROM (SELECT) AS once LEFT JOIN cooldown ON true`,
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
}

/** Null if it must be tried again because a sum was missing. */
function toOpenedCall(row: AttemptRow, call: PlannedCall, id: string): OpenedCall | null {
  if (row.opened) return { kind: 'opened', id };
  if (row.in_flight) return { kind: 'in-flight' };
  const { cooldown_code: code, cooldown_reason: reason, cooldown_until: until } = row;
  if (code && until) {
    const target = toTarget({ author: call.author, fingerprint: row.cooldown_target ?? '' });
    return { kind: 'cooling-down', cooldown: { ...target, code, reason: reason ?? '', until } };
  }
  if (row.too_many_calls) return { kind: 'too-many-calls' };
  if (row.exceeded) return { kind: 'over-budget', sum: row.exceeded };
  if (row.quota_reached) return { kind: 'daily-quota' };
  return null;
}
