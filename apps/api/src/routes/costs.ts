import { localDate, Temporal } from '@texas-ai/kernel';
import { authorNames, type CostRow, callSteps, knownSum } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { assertRange, characterId, plainDate } from './parameters.js';

const sum = {
  calls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  money: z.number().nullable().meta({
    description:
      'For calls with a known price, in the currency of the price table; null if there are none.',
  }),
  unpricedCalls: z
    .number()
    .int()
    .meta({ description: 'Calls without a known price, not included in `money`.' }),
};

const costsSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    currency: z.string(),
    total: z.object(sum),
    rows: z.array(
      z.object({
        date: z.string().meta({ description: 'The day in the budget’s time zone.' }),
        author: z.enum(authorNames),
        model: z.string().nullable().meta({
          description: 'The model that answered, which determines the price.',
        }),
        step: z.enum(callSteps),
        ...sum,
      }),
    ),
  })
  .meta({ id: 'Costs' });

const exampleRow = {
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
      summary: 'List author costs',
      summaryZh: '查看作者调用的费用',
      description:
        'The ledger by day, author, model and step. Calls in progress, and calls of workers that died, count ' +
        'with their expected cost. Default: this month so far. With `to` alone the range starts with its ' +
        'month; with `from` alone it ends today. Probes, which check whether an author is available, belong ' +
        'to no character. The offline author costs nothing.',
      query: z.strictObject({
        from: plainDate.optional().meta({ description: 'First day.', example: '2026-11-01' }),
        to: plainDate.optional().meta({ description: 'Last day.', example: '2026-11-30' }),
        character: characterId
          .optional()
          .meta({ description: 'Only of this character.', example: 'texas' }),
      }),
      responses: {
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
            rows: [exampleRow],
          },
        },
      },
      problems: [],
      async respond({ query }) {
        const today = localDate(clock.now(), config.timeZone);
        const range = rangeOf(query, today);
        assertRange(range);
        const [from, to] = [range.from.toString(), range.to.toString()];
        const rows = await store.ledger.costs({ from, to, character: query.character });
        const { currency } = config.budget;
        return { status: 200, body: { from, to, currency, total: totalOf(rows), rows } };
      },
    }),
  ];
}

/** Default of `to`: today, but not before `from`; of `from`: the first day of the month of `to`. */
function rangeOf(
  { from, to }: { from?: Temporal.PlainDate | undefined; to?: Temporal.PlainDate | undefined },
  today: Temporal.PlainDate,
) {
  const last = to ?? (from && Temporal.PlainDate.compare(from, today) > 0 ? from : today);
  return { from: from ?? last.with({ day: 1 }), to: last };
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
