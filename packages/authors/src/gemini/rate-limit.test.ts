import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { readRateLimit } from './rate-limit.js';

const quota = (...ids: string[]) => ({ violations: ids.map((quotaId) => ({ quotaId })) });
const retryInfo = (retryDelay: string) => ({ '@type': 'RetryInfo', retryDelay });
/** 12:00 in Los Angeles. */
const noon = Temporal.Instant.from('2026-11-23T20:00:00Z');
const hourMs = 3_600_000;

describe('readRateLimit', () => {
  test.each<[string, unknown[], string, number, boolean]>([
    ['seconds of RetryInfo, rounded up', [retryInfo('34.0741s')], '', 34_075, false],
    ['milliseconds of RetryInfo', [retryInfo('900ms')], '', 900, false],
    [
      'RetryInfo before a quota per minute',
      [quota('RequestsPerMinute'), retryInfo('7s')],
      '',
      7000,
      false,
    ],
    ['RetryInfo before the message', [retryInfo('7s')], 'Please retry in 9s.', 7000, false],
    [
      'a minute for a quota per minute',
      [quota('RequestsPerMinute')],
      'Please retry in 9s.',
      60_000,
      false,
    ],
    ['seconds of the message', [], 'Quota exceeded. Please retry in 12.5s.', 12_500, false],
    ['milliseconds of the message', [], 'please retry in 250ms', 250, false],
    ['hours of the message', [], 'Please retry in 1h2m3.5s.', 3_723_500, false],
    ['a minute if nothing is known', [], 'Resource has been exhausted', 60_000, false],
    [
      'a minute if nothing is readable',
      [retryInfo('soon'), null, 'x', { violations: [1] }],
      '',
      60_000,
      false,
    ],
    ['a minute instead of 0 s', [retryInfo('0s')], '', 60_000, false],
    [
      'until midnight Pacific for a daily quota',
      [quota('RequestsPerDay'), retryInfo('34s')],
      '',
      12 * hourMs,
      true,
    ],
    [
      'until midnight Pacific if one of several quotas is daily',
      [quota('PerMinute', 'InputTokensPerDay')],
      '',
      12 * hourMs,
      true,
    ],
  ])('waits %s', (_, details, message, retryAfterMs, daily) => {
    expect(readRateLimit(details, message, noon)).toEqual({ retryAfterMs, daily });
  });

  test('allows for days on which the clocks change', () => {
    const autumn = Temporal.ZonedDateTime.from('2026-11-01T00:00:00[America/Los_Angeles]');
    const spring = Temporal.ZonedDateTime.from('2026-03-08T00:00:00[America/Los_Angeles]');
    const waits = [autumn, spring].map(
      (midnight) => readRateLimit([quota('PerDay')], '', midnight.toInstant()).retryAfterMs,
    );
    expect(waits).toEqual([25 * hourMs, 23 * hourMs]);
  });
});
