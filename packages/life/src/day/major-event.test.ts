import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { sampleProfile } from '../../test/day-material.js';
import type { Profile } from '../character/profile.js';
import { type MajorEvent, majorEventDay, majorEventOn, majorEventSchema } from './major-event.js';

function withProbability(probability: number, id = 'texas'): Profile {
  const profile = sampleProfile();
  return { ...profile, id, majorEvents: { ...profile.majorEvents, probability } };
}

function datesOf(from: string, days: number): Temporal.PlainDate[] {
  const first = Temporal.PlainDate.from(from);
  return Array.from({ length: days }, (_, n) => first.add({ days: n }));
}

/** The distinct events of these dates; checks that each covers all its days. */
function eventsOf(profile: Profile, dates: Temporal.PlainDate[]): MajorEvent[] {
  const events = new Map<string, MajorEvent>();
  for (const date of dates) {
    const event = majorEventOn(profile, date);
    if (!event) continue;
    expect(majorEventDay(event, date)).not.toBeNull();
    const known = events.get(event.startDate);
    if (known) expect(event).toEqual(known);
    events.set(event.startDate, event);
  }
  return [...events.values()];
}

function dates(event: MajorEvent): string[] {
  return datesOf(event.startDate, event.days).map(String);
}

describe('majorEventOn', () => {
  test('over many years: frequency, length and kinds are as configured, and no events overlap', () => {
    const days = 365 * 30;
    const events = eventsOf(withProbability(0.028), datesOf('2000-01-01', days));
    const covered = events.flatMap(dates);
    expect(new Set(covered).size).toBe(covered.length);
    const ordinary = days - covered.length + events.length;
    expect(events.length / ordinary).toBeGreaterThan(0.025);
    expect(events.length / ordinary).toBeLessThan(0.031);
    const lengths = events.map((event) => event.days);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1, 7]);
    const mean = covered.length / events.length;
    expect(mean).toBeGreaterThan(3.3);
    expect(mean).toBeLessThan(4);
    const trips = events.filter((event) => event.kind === 'trip').length / events.length;
    expect(trips).toBeGreaterThan(0.63);
    expect(trips).toBeLessThan(0.77);
    expect(new Set(events.map((event) => event.title))).toEqual(
      new Set(['North', 'South', 'A cold']),
    );
    expect(events.every((event) => majorEventSchema.safeParse(event).success)).toBe(true);
  });

  test.each([0.028, 0.3, 0.9, 1])(
    'with probability %d, the result does not depend on the order of the dates',
    (probability) => {
      const profile = withProbability(probability);
      const asked = datesOf('2026-11-20', 60);
      const forwards = asked.map((date) => majorEventOn(profile, date));
      const backwards = asked
        .toReversed()
        .map((date) => majorEventOn(profile, date))
        .reverse();
      expect(backwards).toEqual(forwards);
      const covered = eventsOf(profile, asked).flatMap(dates);
      expect(new Set(covered).size).toBe(covered.length);
    },
  );

  test('with probability 1 events are contiguous, with 0 there are none', () => {
    const year = datesOf('2026-01-01', 100);
    expect(year.every((date) => majorEventOn(withProbability(1), date))).toBe(true);
    expect(year.some((date) => majorEventOn(withProbability(0), date))).toBe(false);
    const weightless = withProbability(1);
    const kinds = weightless.majorEvents.kinds.map((kind) => ({ ...kind, weight: 0 }));
    const profile = { ...weightless, majorEvents: { ...weightless.majorEvents, kinds } };
    expect(majorEventOn(profile, Temporal.PlainDate.from('2026-05-01'))).toBeNull();
  });

  test('an event ends with its year', () => {
    const last = eventsOf(withProbability(1), datesOf('2020-12-31', 1));
    expect(last.flatMap(dates).at(-1)).toBe('2020-12-31');
  });

  test('each character has different events', () => {
    const year = datesOf('2026-01-01', 365);
    const starts = (id: string) =>
      eventsOf(withProbability(0.05, id), year).map((event) => event.startDate);
    expect(starts('texas')).not.toEqual(starts('lappland'));
  });
});

test('majorEventDay counts the days from 1, and is null outside of the event', () => {
  const event: MajorEvent = {
    kind: 'trip',
    title: 'North',
    objective: 'Deliver.',
    startDate: '2026-02-27',
    days: 3,
  };
  const numbers = datesOf('2026-02-26', 5).map(
    (date) => majorEventDay(event, date)?.dayNumber ?? null,
  );
  expect(numbers).toEqual([null, 1, 2, 3, null]);
  expect(majorEventDay(event, Temporal.PlainDate.from('2027-02-27'))).toBeNull();
});
