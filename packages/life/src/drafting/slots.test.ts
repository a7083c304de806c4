import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@texas-ai/kernel';
import fc from 'fast-check';
import { sampleProfile, validDraft } from '../../test/day-material.js';
import type { Plan, ScheduleItem } from '../day/plan.js';
import type { Level } from './draft-fields.js';
import { repairPlan } from './repair/repair-plan.js';
import { cutSlots } from './slots.js';

/** A plan with a waking item for each `[start, end]`, asleep in between. */
function planOf(items: [number, number, Level?][]): Plan {
  const item: Omit<ScheduleItem, 'start' | 'end'> = {
    title: 'A',
    category: 'rest',
    priority: 'low',
    asleep: false,
    location: 'B',
    description: 'C',
    companions: [],
    weatherAffected: false,
    emotionalTags: [],
    interactionPotential: 'medium',
  };
  return {
    summary: 'A day.',
    items: items.map(([start, end, interactionPotential = 'medium']) => ({
      ...item,
      start,
      end,
      interactionPotential,
    })),
  };
}

function lengths(length: number, seed: number): number[] {
  return cutSlots(planOf([[100, 100 + length]]), seededRandom(seed)).map(
    ({ start, end }) => end - start,
  );
}

describe('cutSlots', () => {
  test('covers any item of at least five minutes with slots of 5-30 minutes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 1440 }),
        fc.integer({ min: 0, max: 1440 }),
        fc.integer(),
        (length, start, seed) => {
          const slots = cutSlots(planOf([[start, start + length]]), seededRandom(seed));
          expect(slots[0]?.start).toBe(start);
          expect(slots.at(-1)?.end).toBe(start + length);
          for (const [i, slot] of slots.entries()) {
            if (i > 0) expect(slot.start).toBe(slots[i - 1]?.end);
            expect(slot.end - slot.start).toBeGreaterThanOrEqual(5);
            expect(slot.end - slot.start).toBeLessThanOrEqual(30);
          }
        },
      ),
    );
  });

  test.each([
    [5, 1],
    [9, 1],
    [25, 1],
    [31, 2],
    [34, 2],
    [60, 4],
    [1440, 85],
  ])('cuts %d minutes into %d slots', (length, count) => {
    expect(lengths(length, 1)).toHaveLength(count);
  });

  test('an ordinary day has 50-70 slots of varied length, most of 10-25 minutes', () => {
    const { plan } = repairPlan(validDraft(), { profile: sampleProfile(), wake: 420, sleep: 1380 });
    for (let seed = 0; seed < 50; seed++) {
      const slots = cutSlots(plan as Plan, seededRandom(seed));
      expect(slots.length).toBeGreaterThanOrEqual(50);
      expect(slots.length).toBeLessThanOrEqual(70);
      const sizes = slots.map(({ start, end }) => end - start);
      expect(new Set(sizes).size).toBeGreaterThanOrEqual(3);
      expect(sizes.filter((size) => size >= 10 && size <= 25).length).toBeGreaterThan(
        0.9 * sizes.length,
      );
      const wanted = slots.filter((slot) => slot.wantsInteraction).length / slots.length;
      expect(wanted).toBeGreaterThan(0.35);
      expect(wanted).toBeLessThan(0.45);
      expect(slots.every((slot) => !(plan as Plan).items[slot.item]?.asleep)).toBe(true);
    }
  });

  test('depends on plan and seed only', () => {
    expect(lengths(300, 1)).toEqual(lengths(300, 1));
    expect(lengths(300, 1)).not.toEqual(lengths(300, 2));
  });

  test('items with a high potential get most interactions, but others get some', () => {
    const plan = planOf([
      [0, 480, 'low'],
      [480, 960, 'high'],
      [960, 1440, 'medium'],
    ]);
    const wanted = [0, 0, 0];
    for (let seed = 0; seed < 100; seed++) {
      for (const slot of cutSlots(plan, seededRandom(seed))) {
        if (slot.wantsInteraction) wanted[slot.item] = (wanted[slot.item] ?? 0) + 1;
      }
    }
    const [low = 0, high = 0, medium = 0] = wanted;
    expect(low).toBeGreaterThan(0);
    expect(medium).toBeGreaterThan(1.5 * low);
    expect(high).toBeGreaterThan(1.2 * medium);
  });

  test('marks at least one slot, and none without slots', () => {
    expect(cutSlots(planOf([[0, 10]]), seededRandom(1))[0]?.wantsInteraction).toBe(true);
    expect(cutSlots(planOf([]), seededRandom(1))).toEqual([]);
  });
});
