import { describe, expect, test } from '@jest/globals';
import { draftOf, sampleDraft, sampleProfile, validDraft } from '../../../test/day-material.js';
import { frame, outline, repaired, withItem } from '../../../test/repaired.js';
import type { PlanDraft } from '../draft.js';
import { repairPlan } from './repair-plan.js';

describe('a valid draft', () => {
  test('keeps its times and texts, and gets sleep without repairs', () => {
    const { plan, repairs } = repaired(validDraft());
    expect(repairs).toEqual([]);
    expect(outline(plan)).toEqual(
      validDraft().items.map(({ start, end, title }) => `${start}-${end} ${title}`),
    );
    expect(plan.items[0]).toMatchObject({
      start: 0,
      end: 420,
      asleep: true,
      category: 'rest',
      location: 'the flat',
    });
    expect(plan.items.at(-1)).toMatchObject({
      start: 1380,
      end: 1440,
      asleep: true,
      title: 'Asleep',
    });
  });

  test('a day that ends at 24:00 has one night', () => {
    const { plan } = repaired(withItem(validDraft(), 7, { end: '24:00' }), {
      ...frame,
      sleep: 1440,
    });
    expect(plan.items.map((item) => item.asleep)).toEqual([true, ...Array(8).fill(false)]);
  });

  test('its sleep is in the language of the profile', () => {
    const { plan } = repaired(validDraft(), { ...frame, profile: sampleProfile('zh') });
    expect(plan.items[0]).toMatchObject({ title: '睡觉', location: '公寓' });
  });
});

describe('a major event with a lodging', () => {
  const { majorEvents, places } = frame.profile;
  const inn = { key: 'inn', name: 'the inn', outdoors: false, description: 'Far away.' };
  const kinds = majorEvents.kinds.map((kind) => ({ ...kind, lodging: 'inn' }));
  const profile = {
    ...frame.profile,
    places: [...places, inn],
    majorEvents: { ...majorEvents, kinds },
  };
  const night = (dayNumber: number) => {
    const event = {
      kind: 'trip' as const,
      title: 'North',
      objective: 'Deliver.',
      startDate: '2026-11-23',
    };
    const majorEvent = { ...event, days: 3, dayNumber };
    const draft = { ...validDraft(), items: validDraft().items.slice(0, -1) };
    const { plan } = repaired(draft, { ...frame, profile, majorEvent });
    return [plan.items[0], plan.items.at(-2), plan.items.at(-1)].map((item) => item?.location);
  };

  test('she sleeps and rests there from its first to its last day', () => {
    expect(night(1)).toEqual(['the flat', 'the inn', 'the inn']);
    expect(night(2)).toEqual(['the inn', 'the inn', 'the inn']);
    expect(night(3)).toEqual(['the inn', 'the flat', 'the flat']);
  });
});

describe('refusals', () => {
  const refusals = (draft: PlanDraft, within = frame) => {
    const { plan, refusals } = repairPlan(draft, within);
    expect(plan).toBeNull();
    return refusals;
  };

  test('no usable times', () => {
    expect(refusals(sampleDraft(['?', '—'], ['03:00', '04:00']))).toEqual([
      {
        rule: 'no-times',
        message:
          'No item has usable times between 07:00 and 23:00, for example “?” to “—”. Times are written HH:MM.',
      },
    ]);
    expect(refusals({ summary: 'A day.', items: [] })[0]?.rule).toBe('no-times');
  });

  test('too little of the day is planned', () => {
    expect(refusals(sampleDraft(['08:00', '09:00']))).toEqual([
      {
        rule: 'too-little',
        message: 'The items cover only 60 of the 960 minutes between 07:00 and 23:00.',
      },
    ]);
    expect(repairPlan(sampleDraft(['08:00', '12:00']), frame).refusals).toEqual([]);
  });

  test('no item has a title', () => {
    const items = validDraft().items.map((item) => ({ ...item, title: '\u0000' }));
    expect(refusals({ ...validDraft(), items })[0]?.rule).toBe('blank-titles');
  });

  test.each([
    [0, 1380],
    [420, 1500],
    [1380, 420],
    [420, 500],
  ])('invalid waking hours: %d to %d', (wake, sleep) => {
    expect(refusals(validDraft(), { ...frame, wake, sleep })[0]?.rule).toBe('waking-hours');
  });
});

test('repairing the draft of a repaired plan changes nothing', () => {
  const draft = sampleDraft(
    ['9', '10:30 AM'],
    ['10', '11'],
    ['下午3点', '18:00'],
    ['23:00', '22:00'],
  );
  const { plan } = repaired(draft);
  const again = repaired(draftOf(plan));
  expect(again.plan).toEqual(plan);
  expect(again.repairs).toEqual([]);
});
