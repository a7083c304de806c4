import { describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeMeter, meterTime } from '../../test/call-meter.js';
import { cooldownMs } from '../generation/retry-policy.js';
import type { OpenedCall } from '../spending/ledger.js';

describe('a refused call', () => {
  async function refusal(answer: OpenedCall, options: Parameters<typeof makeMeter>[0] = {}) {
    const m = makeMeter(options);
    m.answers.push(answer);
    return m.begin().catch((error) => error);
  }

  test('during a cooldown has the time left', async () => {
    const until = Temporal.Instant.from(meterTime).add({ seconds: 90 });
    const cooldown = {
      author: 'gemini',
      fingerprint: 'a-key',
      code: 'author_rate_limited',
      reason: 'Too many calls.',
    } as const;
    expect(await refusal({ kind: 'cooling-down', cooldown: { ...cooldown, until } })).toMatchObject(
      {
        code: 'author_held',
        message: 'Too many calls.',
        details: { code: 'author_rate_limited', retryAfterMs: 90_000 },
      },
    );
  });

  test('during a cooldown that is over by this clock waits for a moment', async () => {
    const cooldown = {
      author: 'gemini',
      fingerprint: 'a-key',
      code: 'author_rate_limited',
      reason: 'Too many calls.',
      until: Temporal.Instant.from(meterTime).subtract({ seconds: 1 }),
    } as const;
    const failure = await refusal({ kind: 'cooling-down', cooldown });
    expect(cooldownMs(failure.details.retryAfterMs, () => 1)).toBeLessThan(1_000);
  });

  test('past the cap of its generation has that cap', async () => {
    expect(await refusal({ kind: 'too-many-calls' })).toMatchObject({
      code: 'author_call_cap',
      details: { cap: 40 },
    });
  });

  test('past a budget has its scope and period', async () => {
    const sum = { scope: '', period: 'month', startsOn: '2026-11-01' } as const;
    expect(await refusal({ kind: 'over-budget', sum })).toMatchObject({
      code: 'budget_exhausted',
      message: 'The overall budget for this month is spent.',
      details: { scope: '', period: 'month' },
    });
    const hers = { scope: 'texas', period: 'day', startsOn: '2026-11-23' } as const;
    expect(await refusal({ kind: 'over-budget', sum: hers })).toMatchObject({
      message: 'The budget of texas for this day is spent.',
    });
  });

  test('releases its reservation', async () => {
    const m = makeMeter();
    m.answers.push({ kind: 'too-many-calls' });
    await expect(m.begin()).rejects.toMatchObject({ code: 'author_call_cap' });
    expect(m.done).toEqual(['take', 'open', 'release']);
  });

  test('releases its reservation if the ledger fails', async () => {
    const m = makeMeter({ unopened: new TexasError('storage_unavailable', 'It is away.') });
    await expect(m.begin()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(m.done).toEqual(['take', 'open', 'release']);
  });

  test('releases its reservation if another worker is making the call', async () => {
    const m = makeMeter();
    m.answers.push({ kind: 'in-flight' });
    await expect(m.begin()).rejects.toMatchObject({ code: 'call_in_flight' });
    expect(m.done).toEqual(['take', 'open', 'release']);
  });

  test('past the rate limit has the time left, and is not entered in the ledger', async () => {
    const m = makeMeter({ waitMs: 42_000 });
    await expect(m.begin()).rejects.toMatchObject({
      code: 'author_rate_limited',
      details: { retryAfterMs: 42_000, ownRates: true },
    });
    expect(m.done).toEqual(['take']);
  });
});

describe('the daily quota of the provider', () => {
  const timeZone = 'America/Los_Angeles';
  const hour = 3_600_000;

  // The time, the midnight before it, and the hours until the next midnight.
  test.each([
    ['an ordinary day', '2026-11-23T20:00:00Z', '2026-11-23T08:00:00Z', 12],
    ['its first instant', '2026-11-23T08:00:00Z', '2026-11-23T08:00:00Z', 24],
    [
      'the day on which daylight saving time begins',
      '2026-03-08T09:00:00Z',
      '2026-03-08T08:00:00Z',
      22,
    ],
    ['the day on which it ends', '2026-11-01T08:00:00Z', '2026-11-01T07:00:00Z', 24],
  ])('runs from midnight to midnight: %s', async (_, now, since, hours) => {
    const m = makeMeter({ now, day: { max: 250, timeZone } });
    m.answers.push({ kind: 'daily-quota' });
    await expect(m.begin()).rejects.toMatchObject({
      code: 'author_rate_limited',
      details: { retryAfterMs: hours * hour, daily: true },
    });
    const { daily } = m.planned[0] ?? {};
    expect([daily?.since.toString(), daily?.max]).toEqual([since, 250]);
  });

  test('begins with the day even if midnight is skipped', async () => {
    // In Cairo, 00:00 of this Friday was skipped to 01:00.
    const m = makeMeter({
      now: '2026-04-24T10:00:00Z',
      day: { max: 250, timeZone: 'Africa/Cairo' },
    });
    await m.begin();
    expect(m.planned[0]?.daily?.since.toString()).toBe('2026-04-23T22:00:00Z');
  });
});
