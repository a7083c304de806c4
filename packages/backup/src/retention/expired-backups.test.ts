import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { type DatedBackup, expiredBackups, type Retention } from './expired-backups.js';

const now = Temporal.Instant.from('2026-11-25T12:00:00Z');
const sevenDays: Retention = { daily: 7, weekly: 0, monthly: 0, timeZone: 'Asia/Shanghai' };

const backup = (createdAt: string, changes: Partial<DatedBackup> = {}): DatedBackup => ({
  kind: 'scheduled',
  createdAt,
  good: true,
  ...changes,
});
/** One backup at 18:00 UTC, which is 02:00 in Shanghai, for each of the last days. */
const nightly = (days: number) =>
  Array.from({ length: days }, (_, index) =>
    backup(now.subtract({ hours: 18 + 24 * index }).toString()),
  );
const left = (backups: readonly DatedBackup[], retention: Partial<Retention> = {}) => {
  const expired = expiredBackups(backups, { ...sevenDays, ...retention }, now);
  return backups.filter((each) => !expired.includes(each)).map(({ createdAt }) => createdAt);
};

describe('keeps', () => {
  test('the newest backup of each of the last seven days that have one', () => {
    const backups = nightly(30);
    expect(left(backups)).toEqual(backups.slice(0, 7).map(({ createdAt }) => createdAt));
    const gap = [...backups.slice(0, 2), ...backups.slice(20)];
    expect(left(gap)).toHaveLength(7);
  });

  test('the later of two backups on one day in the time zone', () => {
    const backups = [backup('2026-11-24T17:00:00Z'), backup('2026-11-24T15:00:00Z')];
    expect(left(backups, { daily: 1, timeZone: 'UTC' })).toEqual(['2026-11-24T17:00:00Z']);
    // 01:00 of the 25th and 23:00 of the 24th in Shanghai.
    expect(left(backups, { daily: 2 })).toHaveLength(2);
  });

  test('the newest of each week and month as well', () => {
    const backups = nightly(100);
    expect(left(backups, { daily: 1, weekly: 3 })).toEqual([
      '2026-11-24T18:00:00Z',
      '2026-11-21T18:00:00Z',
      '2026-11-14T18:00:00Z',
    ]);
    expect(left(backups, { daily: 1, monthly: 3 })).toEqual([
      '2026-11-24T18:00:00Z',
      '2026-10-30T18:00:00Z',
      '2026-09-29T18:00:00Z',
    ]);
  });

  test('the last good backup at any age', () => {
    const old = backup('2020-01-01T00:00:00Z');
    const bad = backup('2026-11-01T00:00:00Z', { good: false });
    expect(left([old], { daily: 0 })).toEqual([old.createdAt]);
    expect(left([bad, old])).toEqual([old.createdAt]);
  });

  test('requested backups, restore points and bad backups for seven days', () => {
    const sixDays = '2026-11-19T13:00:00Z';
    const eightDays = '2026-11-17T11:00:00Z';
    for (const changes of [
      { kind: 'requested' },
      { kind: 'restore-point' },
      { good: false },
    ] as const) {
      const backups = [
        ...nightly(1),
        // Later ones of the same days.
        backup('2026-11-19T14:00:00Z'),
        backup(sixDays, changes),
        backup(eightDays, changes),
        backup('2026-11-17T11:30:00Z'),
      ];
      const kept = left(backups, { daily: 9 });
      expect([kept.includes(sixDays), kept.includes(eightDays)]).toEqual([true, false]);
    }
  });
});

test.each<[string, { retention: Partial<Retention>; all: string[]; kept: number[] }]>([
  [
    'a week begins on Monday in the time zone',
    // 23:30 of Sunday and 00:30 of Monday in Shanghai; the same Sunday in UTC.
    {
      retention: { daily: 0, weekly: 2 },
      all: ['2026-11-22T16:30:00Z', '2026-11-22T15:30:00Z'],
      kept: [0, 1],
    },
  ],
  [
    'in UTC both are in one week',
    {
      retention: { daily: 0, weekly: 2, timeZone: 'UTC' },
      all: ['2026-11-22T16:30:00Z', '2026-11-22T15:30:00Z'],
      kept: [0],
    },
  ],
  [
    'a week may span the new year',
    {
      retention: { daily: 0, weekly: 2 },
      all: ['2026-01-03T02:00:00Z', '2025-12-30T02:00:00Z', '2025-12-28T02:00:00Z'],
      kept: [0, 2],
    },
  ],
  [
    'the same month of two years counts as two months',
    {
      retention: { daily: 0, monthly: 2 },
      all: ['2026-11-02T02:00:00Z', '2025-11-03T02:00:00Z', '2025-11-02T02:00:00Z'],
      kept: [0, 1],
    },
  ],
  [
    'a month begins in the time zone',
    {
      retention: { daily: 0, monthly: 2 },
      all: ['2026-10-31T16:30:00Z', '2026-10-31T15:30:00Z'],
      kept: [0, 1],
    },
  ],
  [
    'a day of 25 hours is one day',
    // 00:30 and 23:30 of 1 November, when New York sets its clocks back.
    {
      retention: { daily: 3, timeZone: 'America/New_York' },
      all: ['2026-11-02T04:30:00Z', '2026-11-01T04:30:00Z', '2026-11-01T03:30:00Z'],
      kept: [0, 2],
    },
  ],
  [
    'keeping nothing leaves only the last good backup',
    {
      retention: { daily: 0 },
      all: ['2026-11-02T02:00:00Z', '2026-11-01T02:00:00Z'],
      kept: [0],
    },
  ],
  ['without backups nothing is removed', { retention: {}, all: [], kept: [] }],
])('%s', (_what, { retention, all, kept }) => {
  const expected = kept.map((index) => all[index]);
  const backups = all.map((createdAt) => backup(createdAt));
  expect(left(backups, retention)).toEqual(expected);
  expect(left(backups.toReversed(), retention)).toEqual(expected.toReversed());
});

test.each<[string, Partial<DatedBackup>]>([
  ['a restore point', { kind: 'restore-point' }],
  ['a bad backup', { good: false }],
])('%s expires after exactly seven days', (_what, changes) => {
  const nights = nightly(1);
  const younger = backup('2026-11-18T12:00:01Z', changes);
  const older = backup('2026-11-18T12:00:00Z', changes);
  expect(left([...nights, younger, older])).toEqual([nights[0]?.createdAt, younger.createdAt]);
});

test('the last good backup is kept even if it is a restore point; a bad backup is never the last good one', () => {
  const point = backup('2026-10-02T00:00:00Z', { kind: 'restore-point' });
  const bad = backup('2026-10-03T00:00:00Z', { good: false });
  expect(left([bad, point], { daily: 7, weekly: 4, monthly: 6 })).toEqual([point.createdAt]);
  expect(left([bad])).toEqual([]);
});

test('bad backups and restore points do not fill the slot of a day', () => {
  const good = nightly(7);
  const others = [
    backup('2026-11-25T01:00:00Z', { good: false }),
    backup('2026-11-25T02:00:00Z', { kind: 'restore-point' }),
  ];
  expect(left([...others, ...good])).toHaveLength(9);
});
