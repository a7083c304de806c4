import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { cutoffOf, retentionKinds } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeStore } from '../../store.js';

// Expired rows, and the rows that cascade with them, are found by indexes.

let db: TestDatabase;
beforeAll(async () => {
  db = await makeTestDatabase();
  await db.store.characters.synchronise([{ profile: buildProfile(), hash: 'hash' }]);
  await fill(100);
});
afterAll(() => db.drop());

/** This number of days, each with a replaced and a failed generation and twenty experiences. */
async function fill(days: number): Promise<void> {
  await db.database.raw(
    `INSERT INTO generations (id, character_id, date, ordinal, status, author, profile_hash, brief,
       chapters_total, chapters_written, error_code, finished_at)
     SELECT gen_random_uuid(), characters.id, '2020-01-01'::date + n, ordinal,
       CASE ordinal WHEN 1 THEN 'failed' ELSE 'published' END, 'offline', 'hash', '{}', 1, 1,
       CASE ordinal WHEN 1 THEN 'aborted' END, '2020-01-01'::timestamptz + n * interval '1 day'
     FROM characters, generate_series(1, :days) AS n, generate_series(1, 3) AS ordinal`,
    { days },
  );
  await db.database.raw(`
    INSERT INTO schedule_items
    SELECT gen_random_uuid(), id, n, 60 * n, 60 * n + 60, 'A', 'rest', 'low', false, 'B', '', '[]',
      false, '[]', 'low'
    FROM generations, generate_series(0, 9) AS n;
    INSERT INTO chapters (generation_id, position, slots) SELECT id, 0, '[]' FROM generations;
    INSERT INTO experiences
    SELECT gen_random_uuid(), id, n / 2, 30 * n, 30 * n + 30, 'A', '[]', '', 'B'
    FROM generations, generate_series(0, 19) AS n;
    INSERT INTO days SELECT character_id, date, id FROM generations WHERE ordinal = 3;
    INSERT INTO interactions
    SELECT gen_random_uuid(), generation_id, experiences.id, 'A', '2020-01-01', '2020-01-01', 'sent',
      character_id, date
    FROM experiences JOIN generations ON generations.id = generation_id WHERE start_minute < 90;
    INSERT INTO idempotency_keys (caller, key, generation_id, created_at)
    SELECT '', id::text, id, finished_at FROM generations;
    INSERT INTO author_calls (id, generation_id, character_id, date, step, author, spent_on,
      opened_at, closed_at, input_tokens, output_tokens, cost)
    SELECT gen_random_uuid(), id, character_id, date, 'plan-day', author, date, finished_at,
      finished_at, 1, 1, 0
    FROM generations;
    INSERT INTO alerts (id, kind, subject, level, title, message, recovered_at)
    SELECT gen_random_uuid(), 'a', '', 'error', '', '', finished_at FROM generations;
    ANALYZE;`);
}

const large = [
  'generations',
  'schedule_items',
  'chapters',
  'experiences',
  'days',
  'interactions',
  'idempotency_keys',
  'author_calls',
  'alerts',
];

/** The sequential scans of each table in this session's statistics. */
async function scansOf(connection: TestDatabase['database']): Promise<Record<string, number>> {
  const rows: { relname: string; seq_scan: number }[] = await connection('pg_stat_xact_user_tables')
    .whereIn('relname', large)
    .select('relname', 'seq_scan');
  return Object.fromEntries(rows.map(({ relname, seq_scan }) => [relname, seq_scan]));
}

test.each(retentionKinds)('removing %s needs no sequential scan', async (kind) => {
  const cutoff = cutoffOf(Temporal.Instant.from('2030-01-01T00:00:00Z'), 1);
  const most = 20;
  const transaction = await db.database.transaction();
  try {
    const { retention } = makeStore(transaction);
    // The planner prefers sequential scans of small tables unless they are disabled.
    await transaction.raw('SET LOCAL enable_seqscan = off');
    const before = await scansOf(transaction);
    const removed =
      kind === 'days'
        ? (await retention.removeDays(cutoff, most)).length
        : await retention.remove(kind, cutoff, most);
    expect(removed).toBe(most);
    expect(await scansOf(transaction)).toEqual(before);
  } finally {
    await transaction.rollback();
  }
});
