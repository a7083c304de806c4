import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import fc from 'fast-check';
import { fallbackAt, minuteOf, planningAt } from './planning-time.js';

const four = 4 * 60;
const halfPastTwo = 2 * 60 + 30;
const at = (text: string) => Temporal.Instant.from(text);
const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms);

function planned(now: string, timeZone: string, planningTime: number) {
  const { date, next } = planningAt(at(now), timeZone, planningTime);
  return { date: date?.toString() ?? null, next: next.toString() };
}

describe('a planning time of 04:00', () => {
  // The planning times of the 23rd and of the next day, in UTC.
  test.each([
    ['Asia/Shanghai', '2026-11-22T20:00:00Z', '2026-11-23T20:00:00Z'],
    ['Europe/Berlin', '2026-11-23T03:00:00Z', '2026-11-24T03:00:00Z'],
    ['America/New_York', '2026-11-23T09:00:00Z', '2026-11-24T09:00:00Z'],
    ['Asia/Kathmandu', '2026-11-22T22:15:00Z', '2026-11-23T22:15:00Z'],
    ['Pacific/Apia', '2026-11-22T15:00:00Z', '2026-11-23T15:00:00Z'],
    ['Pacific/Kiritimati', '2026-11-22T14:00:00Z', '2026-11-23T14:00:00Z'],
    ['Etc/GMT+12', '2026-11-23T16:00:00Z', '2026-11-24T16:00:00Z'],
  ])('in %s plans today from then on, and not earlier', (zone, time, next) => {
    const before = at(time).subtract({ milliseconds: 1 }).toString();
    expect(planned(before, zone, four)).toEqual({ date: null, next: time });
    expect(planned(time, zone, four)).toEqual({ date: '2026-11-23', next });
    const last = at(next).subtract({ hours: 4, milliseconds: 1 }).toString();
    expect(planned(last, zone, four)).toEqual({ date: '2026-11-23', next });
    const midnight = at(next).subtract({ hours: 4 }).toString();
    expect(planned(midnight, zone, four)).toEqual({ date: null, next });
  });
});

test('after an outage of five days only today is planned', () => {
  const due = planned('2026-11-18T20:00:00Z', 'Asia/Shanghai', four);
  expect(due).toEqual({ date: '2026-11-19', next: '2026-11-19T20:00:00Z' });
  const late = planned('2026-11-24T10:00:00Z', 'Asia/Shanghai', four);
  expect(late).toEqual({ date: '2026-11-24', next: '2026-11-24T20:00:00Z' });
  // A little earlier, the planning time would not have come yet.
  const early = planned('2026-11-23T19:00:00Z', 'Asia/Shanghai', four);
  expect(early).toEqual({ date: null, next: '2026-11-23T20:00:00Z' });
});

describe('a planning time', () => {
  test('that is skipped by daylight saving time comes later by the same amount', () => {
    expect(planned('2026-03-28T12:00:00Z', 'Europe/Berlin', halfPastTwo).next).toBe(
      '2026-03-29T01:30:00Z',
    );
    // 03:29 and 03:30 local time.
    expect(planned('2026-03-29T01:29:00Z', 'Europe/Berlin', halfPastTwo).date).toBeNull();
    expect(planned('2026-03-29T01:30:00Z', 'Europe/Berlin', halfPastTwo)).toEqual({
      date: '2026-03-29',
      next: '2026-03-30T00:30:00Z',
    });
  });

  test('that occurs twice counts the first time', () => {
    const [first, second] = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'];
    const next = '2026-10-26T01:30:00Z';
    expect(planned('2026-10-24T12:00:00Z', 'Europe/Berlin', halfPastTwo).next).toBe(first);
    expect(planned(first, 'Europe/Berlin', halfPastTwo)).toEqual({ date: '2026-10-25', next });
    expect(planned(second, 'Europe/Berlin', halfPastTwo)).toEqual({ date: '2026-10-25', next });
  });

  test('that is skipped together with the end of its date moves to the beginning of the date', () => {
    // In Greenland, 23:00 of that Saturday was skipped to 00:00 of Sunday.
    const [late, saturday] = [23 * 60 + 30, '2026-03-28T02:00:00Z'];
    expect(planned('2026-03-28T01:30:00Z', 'America/Nuuk', late).next).toBe(saturday);
    expect(planned(saturday, 'America/Nuuk', late)).toEqual({
      date: '2026-03-28',
      next: '2026-03-30T00:30:00Z',
    });
  });

  test('of a skipped date does not occur', () => {
    // Samoa skipped the 30th of December.
    const end = '2011-12-30T10:00:00Z';
    expect(planned('2011-12-29T14:00:00Z', 'Pacific/Apia', four)).toEqual({
      date: '2011-12-29',
      next: end,
    });
    expect(planned(end, 'Pacific/Apia', four)).toEqual({
      date: null,
      next: '2011-12-30T14:00:00Z',
    });
  });
});

describe('each date is planned exactly once', () => {
  /** Unusual clock changes, by the date before. */
  const changes = [
    ['Asia/Shanghai', '2026-11-22'],
    ['Asia/Kathmandu', '2026-11-22'],
    ['Europe/Berlin', '2026-03-28'],
    ['Europe/Berlin', '2026-10-24'],
    ['America/New_York', '2026-03-07'],
    ['America/New_York', '2026-10-31'],
    // Half an hour; two hours; at midnight, forward and back.
    ['Australia/Lord_Howe', '2026-04-04'],
    ['Australia/Lord_Howe', '2026-10-03'],
    ['Antarctica/Troll', '2026-03-28'],
    ['Africa/Cairo', '2026-04-23'],
    ['Africa/Cairo', '2026-10-29'],
    ['America/Havana', '2026-03-07'],
    ['America/Havana', '2026-10-31'],
    // The last hour of a date, skipped and repeated.
    ['America/Nuuk', '2026-03-27'],
    ['America/Nuuk', '2026-10-23'],
    // A whole date.
    ['Pacific/Apia', '2011-12-29'],
    ['Pacific/Kiritimati', '1994-12-30'],
  ] as const;

  /** Runs every minute for four days. */
  function walk(timeZone: string, from: string, planningTime: number, phaseSeconds = 0) {
    const first = Temporal.PlainDate.from(from);
    const midnight = (days: number) =>
      first.add({ days }).toZonedDateTime(timeZone).epochMilliseconds;
    const existing = [0, 1, 2, 3].filter((days) => midnight(days) < midnight(days + 1));
    const dates: string[] = [];
    const [begin, end] = [midnight(0), midnight(4)];
    let next = begin;
    for (let ms = begin + phaseSeconds * 1_000; ms < end; ms += 60_000) {
      if (ms < next) continue;
      const planned = planningAt(instant(ms), timeZone, planningTime);
      expect(planned.next.epochMilliseconds).toBeGreaterThan(ms);
      if (planned.date !== null) dates.push(planned.date.toString());
      next = planned.next.epochMilliseconds;
    }
    return { dates, existing: existing.map((days) => first.add({ days }).toString()) };
  }

  test.each(changes)('in %s around %s', (timeZone, from) => {
    for (const planningTime of [0, halfPastTwo, four, 23 * 60 + 30, 23 * 60 + 59]) {
      const { dates, existing } = walk(timeZone, from, planningTime);
      expect([planningTime, dates]).toEqual([planningTime, existing]);
    }
  });

  test('at any planning time and any second of the minute', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 59 }),
        ([timeZone, from], planningTime, phaseSeconds) => {
          const { dates, existing } = walk(timeZone, from, planningTime, phaseSeconds);
          expect(dates).toEqual(existing);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the deadline for the fallback', () => {
  const berlin = { timeZone: 'Europe/Berlin', wakesAt: '06:00' };
  const asked = (time: string, date: string, character = berlin) =>
    fallbackAt(at(time), Temporal.PlainDate.from(date), character).toString();

  test('is an hour before she may wake', () => {
    expect(asked('2026-11-23T03:00:00Z', '2026-11-23')).toBe('2026-11-23T04:00:00Z');
    expect(asked('2026-11-20T03:00:00Z', '2026-11-23')).toBe('2026-11-23T04:00:00Z');
    const early = { ...berlin, wakesAt: '00:30' };
    expect(asked('2026-11-20T03:00:00Z', '2026-11-23', early)).toBe('2026-11-22T22:30:00Z');
  });

  test('is not within an hour of the request', () => {
    expect(asked('2026-11-23T03:00:01Z', '2026-11-23')).toBe('2026-11-23T04:00:01Z');
    expect(asked('2026-11-23T18:00:00Z', '2026-11-23')).toBe('2026-11-23T19:00:00Z');
    expect(asked('2026-11-23T18:00:00Z', '2026-11-01')).toBe('2026-11-23T19:00:00Z');
  });

  test('is an hour before in elapsed time too when daylight saving time changes', () => {
    const wakesAt = '03:15';
    // 02:15 is skipped: 03:15 of summer time is 01:15 UTC.
    expect(asked('2026-03-28T03:00:00Z', '2026-03-29', { ...berlin, wakesAt })).toBe(
      '2026-03-29T00:15:00Z',
    );
  });

  test('cannot be computed for an invalid date or time', () => {
    expect(() => asked('2026-11-23T03:00:00Z', '2026-02-30')).toThrow(RangeError);
    expect(() => asked('2026-11-23T03:00:00Z', '2026-11-23', { ...berlin, wakesAt: '6' })).toThrow(
      RangeError,
    );
  });
});

test('minuteOf parses a time of day and rejects anything else', () => {
  expect(['00:00', '04:00', '23:59', '24:00'].map(minuteOf)).toEqual([0, 240, 1439, 1440]);
  for (const text of ['', '4:00', '04:60', '24:01', '25:00', '04:00:00', ' 04:00', 'noon']) {
    expect(() => minuteOf(text)).toThrow(RangeError);
  }
});
