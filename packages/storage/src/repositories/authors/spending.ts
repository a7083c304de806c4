import {
  type Amount,
  type AuthorName,
  type CallUsage,
  type CostRow,
  knownSum,
  type LedgerRepository,
  type SpendingKey,
  sumName,
} from '@texas-ai/life';
import { advisoryLocks } from '@texas-ai/postgres';
import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { queryRows } from '../../database/query-rows.js';
import { inFlight } from '../generations/transitions.js';
import { allSums } from './sums.js';

/** How long an average is reused, in milliseconds: it reads thousands of calls, and hardly changes. */
const averageMs = 60_000;

/** The average generation of each author. */
export type AverageCache = LRUCache<AuthorName, CallUsage>;

export const makeAverageCache = (): AverageCache => new LRUCache({ max: 100, ttl: averageMs });

/** The ledger's sums, forecasts and reports. */
export function makeSpendingQueries(
  db: Knex,
  averages?: AverageCache,
): Pick<
  LedgerRepository,
  'spent' | 'averageGeneration' | 'stillToSpend' | 'lockForecast' | 'costs'
> {
  return {
    async spent(keys) {
      const rows = await queryRows<SpendingKey & { tokens: number; money: number }>(
        db,
        `SELECT wanted.scope, wanted.period, "startsOn", sum(tokens)::bigint AS tokens, sum(cost) AS money
         FROM ${allSums} AS sums JOIN (SELECT DISTINCT * FROM jsonb_to_recordset(:keys)
             AS keys (scope text, period text, "startsOn" date)) AS wanted USING (scope, period)
         WHERE starts_on = "startsOn" GROUP BY wanted.scope, wanted.period, "startsOn"`,
        { keys: JSON.stringify(keys) },
      );
      return new Map(rows.map(({ tokens, money, ...key }) => [sumName(key), { tokens, money }]));
    },

    async averageGeneration(author, since) {
      const recent = averages?.get(author);
      if (recent) return recent;
      const [row] = await queryRows<{ input: number | null; output: number | null }>(
        db,
        `SELECT avg(input)::float8 AS input, avg(output)::float8 AS output FROM (
           SELECT sum(input_tokens) AS input, sum(output_tokens) AS output
           FROM (
             SELECT generation_id, input_tokens, output_tokens FROM author_calls
             -- Unfinished days, and those finished by another author, would distort the average.
             WHERE author = :author AND opened_at >= :since AND generation_id IS NOT NULL
               AND NOT EXISTS (
               SELECT FROM generations WHERE generations.id = generation_id
                 AND (status <> 'published' OR fallback_from IS NOT NULL))
             ORDER BY opened_at DESC LIMIT 5000
           ) AS recent GROUP BY generation_id
         ) AS generations`,
        { author, since: since.toString() },
      );
      const { input = null, output = null } = row ?? {};
      if (input === null || output === null) return null;
      const average = { inputTokens: input, outputTokens: output };
      averages?.set(author, average);
      return average;
    },

    async stillToSpend(author, each) {
      const [amount] = await queryRows<Amount>(
        db,
        `SELECT
           coalesce(sum(greatest(:tokens - input_tokens - output_tokens, 0)), 0)::float8 AS tokens,
           coalesce(sum(greatest(:money - cost, 0)), 0)::float8 AS money
         FROM generations WHERE author = :author AND ${inFlight}`,
        { author, tokens: each.tokens, money: each.money },
      );
      return amount ?? { tokens: 0, money: 0 };
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
  };
}
