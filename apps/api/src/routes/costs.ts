import { localDate, Temporal } from '@texas-ai/kernel';
import { authorNames, type CostRow, callSteps, dateText, knownSum } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { assertRange } from './page.js';

const sum = {
  calls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  money: z.number().nullable().meta({
    description:
      'Of the calls whose price is known, in the currency of the price table; null where none is.',
  }),
  unpricedCalls: z
    .number()
    .int()
    .meta({ description: 'Calls whose price is not known, so that `money` lacks them.' }),
};

const costsSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    currency: z.string(),
    total: z.object(sum),
    rows: z.array(
      z.object({
        date: z
          .string()
          .meta({ description: 'The day of the budget on which the calls were made.' }),
        author: z.enum(authorNames),
        model: z.string().nullable().meta({
          description: 'The model that the calls are priced as: the one that answered.',
        }),
        step: z.enum(callSteps),
        ...sum,
      }),
    ),
  })
  .meta({ id: 'Costs' });

const row = {
  date: '2026-11-23',
  author: 'gemini',
  model: 'gemini-3.5-flash-lite',
  step: 'plan-day',
  calls: 1,
  inputTokens: 3920,
  outputTokens: 2210,
  money: 0.006701,
  unpricedCalls: 0,
} as const;

export function costOperations({
  store,
  config,
  clock,
}: Pick<AppDeps, 'store' | 'config' | 'clock'>): Operation[] {
  return [
    defineOperation({
      id: 'listCosts',
      method: 'get',
      path: '/v1/costs',
      scope: 'admin',
      tag: 'operation',
      summary: 'What authors cost',
      summaryZh: '查看作者调用的费用',
      description:
        'The ledger by day, author, model and step, calls under way and calls whose worker died at ' +
        'what they were expected to cost. By default this month so far; `to` alone begins with its ' +
        'month, `from` alone ends today. Probes, the small calls that look whether an author answers, ' +
        'belong to no character. The offline author costs nothing.',
      query: z.strictObject({
        from: dateText.optional().meta({ description: 'First day.', example: '2026-11-01' }),
        to: dateText.optional().meta({ description: 'Last day.', example: '2026-11-30' }),
        character: z
          .string()
          .regex(/^[^\0]*$/, 'a character’s id')
          .optional()
          .meta({ description: 'Of this character only.', example: 'texas' }),
      }),
      answers: {
        200: {
          description: 'The costs.',
          body: costsSchema,
          example: {
            from: '2026-11-01',
            to: '2026-11-30',
            currency: 'USD',
            total: {
              calls: 1,
              inputTokens: 3920,
              outputTokens: 2210,
              money: 0.006701,
              unpricedCalls: 0,
            },
            rows: [row],
          },
        },
      },
      problems: [],
      async answer({ query }) {
        const today = localDate(clock.now(), config.timeZone);
        const { from, to } = rangeOf(query, today);
        assertRange({ from, to });
        const rows = await store.ledger.costs({ from, to, character: query.character });
        const { currency } = config.budget;
        return { status: 200, body: { from, to, currency, total: totalOf(rows), rows } };
      },
    }),
  ];
}

/** What is left out is the first day of the last day's month, and today or the first day itself. */
function rangeOf(
  query: { from?: string | undefined; to?: string | undefined },
  today: Temporal.PlainDate,
) {
  const now = today.toString();
  const to = query.to ?? (query.from !== undefined && query.from > now ? query.from : now);
  const from = query.from ?? Temporal.PlainDate.from(to).with({ day: 1 }).toString();
  return { from, to };
}

function totalOf(rows: readonly CostRow[]) {
  const total = { calls: 0, inputTokens: 0, outputTokens: 0, money: 0, unpricedCalls: 0 };
  for (const each of rows) {
    total.calls += each.calls;
    total.inputTokens += each.inputTokens;
    total.outputTokens += each.outputTokens;
    total.money += each.money ?? 0;
    total.unpricedCalls += each.unpricedCalls;
  }
  return { ...total, money: knownSum(Number(total.money.toFixed(12)), total.unpricedCalls) };
}
