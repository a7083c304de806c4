import { describe, expect, jest, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { buildBudget, buildGeneration, makeLogSpy } from '@texas-ai/testing';
import { cooldownMs } from '../generation/retry-policy.js';
import type { CallEnd, OpenedCall, PlannedCall } from '../spending/ledger.js';
import type { PriceTable } from '../spending/prices.js';
import { type CallOnRecord, makeCallMeter, type Quotas } from './call-meter.js';

const noon = '2026-11-23T04:00:00Z';

function makeMeter(
  options: {
    now?: string;
    day?: Quotas['day'];
    used?: () => Promise<void>;
    unopened?: Error;
    unrenewed?: (() => boolean) | undefined;
    fullForMs?: number;
    prices?: PriceTable;
  } = {},
) {
  const done: string[] = [];
  const planned: PlannedCall[] = [];
  const closed: CallEnd[] = [];
  const renewed: string[] = [];
  const taken: number[] = [];
  const used: number[] = [];
  const failures: unknown[] = [];
  const answers: OpenedCall[] = [];
  const logger = makeLogSpy();
  const bucket = {
    take: async (tokens: number) => {
      done.push('take');
      taken.push(tokens);
      return {
        fullForMs: options.fullForMs ?? 0,
        release: async () => void done.push('give back'),
        used: async (seen: number) => {
          used.push(seen);
          await options.used?.();
        },
      };
    },
  };
  const meter = makeCallMeter({
    ledger: {
      open: async (call) => {
        done.push('open');
        planned.push(call);
        if (options.unopened) throw options.unopened;
        return answers.shift() ?? { kind: 'opened', id: `call-${planned.length}` };
      },
      async renewLease(id) {
        renewed.push(id);
        if (options.unrenewed?.()) throw new TexasError('storage_unavailable', 'It is away.');
      },
      close: async (_id, end) => {
        done.push('close');
        if (failures.length > 0) throw failures.shift();
        closed.push(end);
      },
    },
    quotasOf: () => ({ bucket, day: options.day ?? null }),
    budget: buildBudget(options.prices && { prices: options.prices }),
    clock: { now: () => Temporal.Instant.from(options.now ?? noon) },
    leaseMs: 60_000,
    logger,
  });
  const begin = (call: Partial<CallOnRecord> = {}) =>
    meter.begin({
      generation: buildGeneration({ author: 'gemini' }),
      step: 'write-chapter',
      chapter: 2,
      author: { name: 'gemini', model: 'scripted', fingerprint: 'a-key' },
      maxCalls: 40,
      ...call,
    });
  return { begin, done, planned, closed, renewed, taken, used, failures, answers, logger };
}

const expectedOf = ({ planned }: { planned: PlannedCall[] }) =>
  planned.map(({ expected }) => [expected.inputTokens, expected.outputTokens]);

describe('a call', () => {
  test('takes its room first, and is then written down with all that may forbid it', async () => {
    const m = makeMeter();
    await m.begin();
    expect(m.done).toEqual(['take', 'open']);
    expect(m.planned).toMatchObject([
      {
        generationId: buildGeneration().id,
        character: 'texas',
        date: '2026-11-23',
        step: 'write-chapter',
        chapter: 2,
        author: 'gemini',
        fingerprint: 'a-key',
        model: 'scripted',
        expected: { inputTokens: 6_000, outputTokens: 4_000, money: 0.014 },
        maxCalls: 40,
        leaseMs: 60_000,
        sums: [{ scope: 'texas' }, { scope: 'texas' }, { scope: '' }, { scope: '' }],
        daily: null,
      },
    ]);
    expect(m.taken).toEqual([10_000]);
  });

  test('has its lease renewed until it ends, also where one renewal fails', async () => {
    jest.useFakeTimers();
    try {
      const m = makeMeter({ unrenewed: () => true });
      const call = await m.begin();
      await jest.advanceTimersByTimeAsync(15_000);
      expect(m.renewed).toEqual(['call-1', 'call-1', 'call-1']);
      await call.end('answered', null);
      await jest.advanceTimersByTimeAsync(15_000);
      expect(m.renewed).toHaveLength(3);
    } finally {
      jest.useRealTimers();
    }
  });

  test('whose lease is not renewed is logged once for as long as renewals fail', async () => {
    jest.useFakeTimers();
    try {
      let away = true;
      const m = makeMeter({ unrenewed: () => away });
      const calls = [await m.begin(), await m.begin()];
      await jest.advanceTimersByTimeAsync(10_000);
      expect(m.renewed).toHaveLength(4);
      const line = {
        level: 'warn',
        message: 'lease of a call in flight not renewed',
        fields: { call: 'call-1', error: { code: 'storage_unavailable' } },
      };
      expect(m.logger.lines).toMatchObject([line]);
      away = false;
      await jest.advanceTimersByTimeAsync(5_000);
      expect(m.logger.lines).toHaveLength(1);
      away = true;
      await jest.advanceTimersByTimeAsync(5_000);
      expect(m.logger.lines).toMatchObject([line, line]);
      for (const call of calls) await call.end('answered', null);
    } finally {
      jest.useRealTimers();
    }
  });

  test('ends with what it was billed for, and its rates are corrected by the difference', async () => {
    const m = makeMeter();
    const call = await m.begin();
    await call.end('answered', { inputTokens: 1_000, outputTokens: 500 });
    expect(m.closed).toEqual([
      { outcome: 'answered', usage: { inputTokens: 1_000, outputTokens: 500, money: 0.002 } },
    ]);
    expect(m.used).toEqual([1_500]);
    const larger = await m.begin({ step: 'plan-day', chapter: null });
    await larger.end('author_invalid_output', { inputTokens: 9_000, outputTokens: 1_000 });
    expect(m.used).toEqual([1_500, 10_000]);
  });

  test('is priced as the model that answered, which is told once', async () => {
    const prices = { scripted: { input: 1, output: 2 }, successor: { input: 3, output: 6 } };
    const m = makeMeter({ prices });
    for (let calls = 0; calls < 2; calls++) {
      const call = await m.begin();
      await call.end('answered', { inputTokens: 1_000, outputTokens: 500, model: 'successor' });
    }
    const usage = { inputTokens: 1_000, outputTokens: 500, money: 0.006 };
    const end = { outcome: 'answered', usage, pricedModel: 'successor' };
    expect(m.closed).toEqual([end, end]);
    expect(m.logger.lines).toEqual([
      {
        level: 'warn',
        message: 'a different model answered',
        fields: { asked: 'scripted', answered: 'successor' },
      },
    ]);
  });

  test('is priced as the model that was asked for where the answer names one without a price', async () => {
    const m = makeMeter();
    const call = await m.begin();
    await call.end('answered', { inputTokens: 1_000, outputTokens: 500, model: 'scripted-002' });
    expect(m.closed).toEqual([
      { outcome: 'answered', usage: { inputTokens: 1_000, outputTokens: 500, money: 0.002 } },
    ]);
    expect(m.logger.lines).toEqual([]);
  });

  test('of a model without a price is expected and billed at a price that is not known', async () => {
    const m = makeMeter({ prices: {} });
    await (await m.begin()).end('answered', { inputTokens: 1_000, outputTokens: 500 });
    expect(m.planned).toMatchObject([{ expected: { money: null } }]);
    expect(m.closed).toMatchObject([{ usage: { inputTokens: 1_000, money: null } }]);
  });

  test('of nobody, a probe, is of no generation and in the sums of everybody alone', async () => {
    const m = makeMeter();
    await m.begin({ generation: null, step: 'probe', chapter: null });
    expect(m.planned).toMatchObject([
      { generationId: null, character: null, date: null, sums: [{ scope: '' }, { scope: '' }] },
    ]);
    expect(m.planned[0]?.sums).toHaveLength(2);
    expect(m.taken[0]).toBeLessThan(200);
  });

  test('of which nobody knows what it was billed for corrects nothing', async () => {
    const m = makeMeter();
    await (await m.begin()).end('author_timeout', null);
    expect(m.closed).toEqual([{ outcome: 'author_timeout', usage: null }]);
    expect(m.used).toEqual([]);
  });

  test('ends all the same where its rates cannot be corrected', async () => {
    const m = makeMeter({ used: () => Promise.reject(new Error('Redis is away.')) });
    await (await m.begin()).end('answered', { inputTokens: 1, outputTokens: 1 });
    expect(m.closed).toHaveLength(1);
    expect(m.logger.lines).toMatchObject([{ level: 'debug', message: 'rates not corrected' }]);
  });
});

describe('what is expected of a call', () => {
  const answered = { inputTokens: 14_000, outputTokens: 0 };

  test('follows what was seen of its step, the newest most', async () => {
    const m = makeMeter();
    for (let calls = 0; calls < 2; calls++) await (await m.begin()).end('answered', answered);
    await m.begin();
    await m.begin({ step: 'plan-day', chapter: null });
    expect(expectedOf(m)).toEqual([
      [6_000, 4_000],
      [7_000, 3_500],
      [7_875, 3_063],
      [4_000, 4_000],
    ]);
    expect(m.taken).toEqual([10_000, 10_500, 10_938, 8_000]);
  });

  test('learns nothing from calls that failed', async () => {
    const m = makeMeter();
    await (await m.begin()).end('author_blocked', { inputTokens: 50, outputTokens: 0 });
    await (await m.begin()).end('author_timeout', null);
    await m.begin();
    expect(expectedOf(m)[2]).toEqual([6_000, 4_000]);
  });

  test('learns once from a call whose end is stored at a second try', async () => {
    const m = makeMeter();
    const call = await m.begin();
    m.failures.push(new TexasError('storage_unavailable', 'The database does not answer.'));
    await expect(call.end('answered', answered)).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await call.end('answered', answered);
    await m.begin();
    expect(expectedOf(m)[1]).toEqual([7_000, 3_500]);
    expect(m.used).toEqual([14_000]);
  });
});

describe('a call that may not be made', () => {
  async function refusal(answer: OpenedCall, options: Parameters<typeof makeMeter>[0] = {}) {
    const m = makeMeter(options);
    m.answers.push(answer);
    return m.begin().catch((error) => error);
  }

  test('because the author rests says until when', async () => {
    const until = Temporal.Instant.from(noon).add({ seconds: 90 });
    const hold = {
      author: 'gemini',
      fingerprint: 'a-key',
      code: 'author_rate_limited',
      reason: 'Too many calls.',
    } as const;
    expect(await refusal({ kind: 'cooling-down', cooldown: { ...hold, until } })).toMatchObject({
      code: 'author_held',
      message: 'Too many calls.',
      details: { code: 'author_rate_limited', retryAfterMs: 90_000 },
    });
  });

  test('because the author rests, by the clock of the database, waits a moment all the same', async () => {
    const hold = {
      author: 'gemini',
      fingerprint: 'a-key',
      code: 'author_rate_limited',
      reason: 'Too many calls.',
      until: Temporal.Instant.from(noon).subtract({ seconds: 1 }),
    } as const;
    const failure = await refusal({ kind: 'cooling-down', cooldown: hold });
    expect(cooldownMs(failure.details.retryAfterMs, () => 1)).toBeLessThan(1_000);
  });

  test('because its generation made too many says how many', async () => {
    expect(await refusal({ kind: 'too-many-calls' })).toMatchObject({
      code: 'author_call_cap',
      details: { cap: 40 },
    });
  });

  test('because of a budget says whose and which', async () => {
    const sum = { scope: '', period: 'month', startsOn: '2026-11-01' } as const;
    expect(await refusal({ kind: 'over-budget', sum })).toMatchObject({
      code: 'budget_exhausted',
      message: 'The budget for everybody this month is spent.',
      details: { scope: '', period: 'month' },
    });
    const hers = { scope: 'texas', period: 'day', startsOn: '2026-11-23' } as const;
    expect(await refusal({ kind: 'over-budget', sum: hers })).toMatchObject({
      message: 'The budget of texas this day is spent.',
    });
  });

  test('gives back the room that it took', async () => {
    const m = makeMeter();
    m.answers.push({ kind: 'too-many-calls' });
    await expect(m.begin()).rejects.toMatchObject({ code: 'author_call_cap' });
    expect(m.done).toEqual(['take', 'open', 'give back']);
  });

  test('because nobody can write it down gives back the room that it took', async () => {
    const m = makeMeter({ unopened: new TexasError('storage_unavailable', 'It is away.') });
    await expect(m.begin()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(m.done).toEqual(['take', 'open', 'give back']);
  });

  test('because another worker is making it gives back the room that it took', async () => {
    const m = makeMeter();
    m.answers.push({ kind: 'in-flight' });
    await expect(m.begin()).rejects.toMatchObject({ code: 'call_in_flight' });
    expect(m.done).toEqual(['take', 'open', 'give back']);
  });

  test('because the minute is full says for how long, and is not written down', async () => {
    const m = makeMeter({ fullForMs: 42_000 });
    await expect(m.begin()).rejects.toMatchObject({
      code: 'author_rate_limited',
      details: { retryAfterMs: 42_000, ownRates: true },
    });
    expect(m.done).toEqual(['take']);
  });
});

describe('the quota of the provider’s day', () => {
  const timeZone = 'America/Los_Angeles';
  const hour = 3_600_000;

  // The instant, the midnight that the day began with, and how long it is until the next one.
  test.each([
    ['an ordinary day', '2026-11-23T20:00:00Z', '2026-11-23T08:00:00Z', 12],
    ['its first instant', '2026-11-23T08:00:00Z', '2026-11-23T08:00:00Z', 24],
    ['the day that summer time begins', '2026-03-08T09:00:00Z', '2026-03-08T08:00:00Z', 22],
    ['the day that it ends', '2026-11-01T08:00:00Z', '2026-11-01T07:00:00Z', 24],
  ])('is counted and waited for from midnight to midnight: %s', async (_, now, since, hours) => {
    const m = makeMeter({ now, day: { max: 250, timeZone } });
    m.answers.push({ kind: 'quota-of-the-day' });
    await expect(m.begin()).rejects.toMatchObject({
      code: 'author_rate_limited',
      details: { retryAfterMs: hours * hour, daily: true },
    });
    const { daily } = m.planned[0] ?? {};
    expect([daily?.since.toString(), daily?.max]).toEqual([since, 250]);
  });

  test('begins when the day does where midnight is skipped', async () => {
    // In Cairo 00:00 of this Friday was 01:00.
    const m = makeMeter({
      now: '2026-04-24T10:00:00Z',
      day: { max: 250, timeZone: 'Africa/Cairo' },
    });
    await m.begin();
    expect(m.planned[0]?.daily?.since.toString()).toBe('2026-04-23T22:00:00Z');
  });
});
