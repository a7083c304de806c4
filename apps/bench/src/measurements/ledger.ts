import { randomUUID } from 'node:crypto';
import { type Logger, Temporal } from '@texas-ai/kernel';
import { type PlannedCall, sumsOf } from '@texas-ai/life';
import { buildBudget, buildProfile } from '@texas-ai/testing';
import pg from 'pg';
import { timed } from '../gauges.js';
import { defineMeasurement } from '../measurement.js';
import type { Servers } from '../servers.js';
import { openUseCaseDeps } from '../use-cases.js';

const characters = 500;
const callsEach = 6;
const atOnce = 10;
const usage = { inputTokens: 3_000, outputTokens: 1_000, money: 0.003 };

/**
 * Author calls per second that the ledger opens and closes for unrelated characters, which share only the overall sums;
 * compared with bare rows.
 */
export const ledger = defineMeasurement({
  id: 'ledger',
  title: 'Author calls per second in the ledger',
  needs: [],
  async measure({ servers, logger }) {
    const floor = await bareRows(servers);
    return [
      {
        id: 'ledger-calls-per-second',
        name: `author calls recorded in the ledger, ${atOnce} concurrent`,
        value: await recordedCalls(servers, logger),
        unit: 'calls/s',
        aim: { of: 'ratio', atLeast: 0.4 },
        floor: { name: 'bare rows inserted and updated', value: floor },
      },
    ];
  },
});

async function recordedCalls(servers: Servers, logger: Logger): Promise<number> {
  const { database, store, owner } = await openUseCaseDeps(servers, logger);
  try {
    await database.raw(
      `INSERT INTO characters (id, profile, profile_hash)
       SELECT id, jsonb_set(?::jsonb, '{id}', to_jsonb(id)), 'x'
       FROM (SELECT 'ledger-' || n AS id FROM generate_series(1, ?) AS n) AS made`,
      [JSON.stringify(buildProfile('zh')), characters],
    );
    const { rows } = await database.raw<{ rows: { id: string; character: string }[] }>(
      `INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash)
       SELECT gen_random_uuid(), id, '2026-11-23', 1, 'gemini', 'x' FROM characters
       RETURNING id, character_id AS character`,
    );
    return await perSecond(rows, async (generation) => {
      const opened = await store.ledger.open(plannedCall(generation));
      if (opened.kind !== 'opened') throw new Error(`The ledger refused the call: ${opened.kind}.`);
      await store.ledger.close(opened.id, { outcome: 'ok', usage });
    });
  } finally {
    await owner.closeAll();
  }
}

function plannedCall({ id, character }: { id: string; character: string }): PlannedCall {
  return {
    generationId: id,
    character,
    date: '2026-11-23',
    step: 'write-chapter',
    chapter: 0,
    author: 'gemini',
    fingerprint: 'benchmark',
    model: 'scripted',
    expected: usage,
    maxCalls: 1_000,
    leaseMs: 60_000,
    sums: sumsOf(buildBudget(), character, Temporal.Instant.from('2026-11-23T00:00:00Z')),
    daily: null,
  };
}

async function bareRows({ databaseUrl }: Servers): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: atOnce });
  await pool.query(
    'CREATE TABLE bare_calls (id uuid PRIMARY KEY, character text, tokens integer, outcome text)',
  );
  const names = Array.from({ length: characters }, (_, index) => `ledger-${index}`);
  const rate = await perSecond(names, async (character) => {
    const id = randomUUID();
    await pool.query('INSERT INTO bare_calls VALUES ($1, $2, $3)', [id, character, 4_000]);
    await pool.query('UPDATE bare_calls SET outcome = $2 WHERE id = $1', [id, 'ok']);
  });
  await pool.query('DROP TABLE bare_calls');
  await pool.end();
  return rate;
}

/** Makes the calls of all characters with limited concurrency, one round after another. */
async function perSecond<T>(
  items: readonly T[],
  call: (item: T) => Promise<void>,
): Promise<number> {
  const left = Array.from({ length: callsEach }, () => items).flat();
  const total = left.length;
  const { seconds } = await timed(() =>
    Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) await call(next);
      }),
    ),
  );
  return total / seconds;
}
