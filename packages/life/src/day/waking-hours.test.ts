import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@texas-ai/kernel';
import type { DayType } from './day-type.js';
import { wakingHours } from './waking-hours.js';

const hours = { wake: ['06:00', '08:00'], sleep: ['22:00', '24:00'] } as {
  wake: [string, string];
  sleep: [string, string];
};

function many(dayType: DayType) {
  return Array.from({ length: 500 }, (_, seed) =>
    wakingHours({ hours }, dayType, seededRandom(seed)),
  );
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('wakingHours', () => {
  test('workdays use the whole ranges, in multiples of five minutes', () => {
    const days = many('workday');
    const wakes = days.map(({ wake }) => wake);
    const sleeps = days.map(({ sleep }) => sleep);
    expect([Math.min(...wakes), Math.max(...wakes)]).toEqual([360, 480]);
    expect([Math.min(...sleeps), Math.max(...sleeps)]).toEqual([1320, 1440]);
    expect(new Set(wakes).size).toBe(25);
    expect([...wakes, ...sleeps].every((minute) => minute % 5 === 0)).toBe(true);
  });

  test.each(['weekend', 'holiday'] as const)(
    'on a %s they are later, within the ranges',
    (dayType) => {
      const wakes = many(dayType).map(({ wake }) => wake);
      expect([Math.min(...wakes), Math.max(...wakes)]).toEqual([400, 480]);
      expect(mean(wakes)).toBeGreaterThan(mean(many('workday').map(({ wake }) => wake)) + 10);
      expect(Math.max(...many(dayType).map(({ sleep }) => sleep))).toBe(1440);
    },
  );

  test('are determined by the seed', () => expect(many('workday')).toEqual(many('workday')));

  test('a range may be a single minute, or contain no multiple of five', () => {
    const at = (wake: [string, string]) =>
      wakingHours({ hours: { ...hours, wake } }, 'weekend', seededRandom(1)).wake;
    expect(at(['07:00', '07:00'])).toBe(420);
    expect(at(['07:01', '07:04'])).toBe(424);
  });

  test.each([
    ['08:00', '06:00'],
    ['8', '09:00'],
    ['08:00', ''],
  ])('rejects the range %s-%s', (from, to) => {
    expect(() =>
      wakingHours({ hours: { ...hours, wake: [from, to] } }, 'workday', seededRandom(1)),
    ).toThrow(RangeError);
  });
});
