import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@texas-ai/kernel';
import fc from 'fast-check';
import { draftOf, sampleProfile, validDraft } from '../../../test/day-material.js';
import { categories } from '../../character/profile.js';
import { dayTypes } from '../../day/day-type.js';
import { type Plan, planSchema, type Slot } from '../../day/plan.js';
import { wakingHours } from '../../day/waking-hours.js';
import { groupChapters } from '../chapters.js';
import { type ItemDraft, type PlanDraft, planDraftSchema } from '../draft.js';
import { levels } from '../draft-fields.js';
import { planProblems } from '../plan-rules.js';
import { cutSlots } from '../slots.js';
import { type PlanFrame, repairPlan } from './repair-plan.js';

// Any draft that fits the schema becomes a valid plan, or is refused with reasons.

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 200 }),
  fc.constantFrom(
    '',
    ' ',
    '…',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00x',
    '\u200b',
    '👩‍👩‍👧',
    '￿',
    '{word}',
    '睡觉',
    'x'.repeat(1500),
    '🐧'.repeat(2100),
    '，'.repeat(130),
    `${'.'.repeat(125)}end`,
    '\n\r\t',
  ),
);
const hour = fc.integer({ min: 0, max: 26 });
const minute = fc.integer({ min: 0, max: 59 }).map((value) => String(value).padStart(2, '0'));
const clock = fc.tuple(hour, minute);
const readableTime = fc.oneof(
  { weight: 6, arbitrary: clock.map(([h, m]) => `${String(h).padStart(2, '0')}:${m}`) },
  { weight: 2, arbitrary: clock.map(([h, m]) => `${h}:${m}`) },
  clock.map(([h, m]) => `${(h % 12) + 1}:${m} AM`),
  clock.map(([h, m]) => `${(h % 12) + 1}.${m}pm`),
  clock.map(([h, m]) => `2026-11-23T${String(h).padStart(2, '0')}:${m}:00+08:00`),
  clock.map(([h, m]) => `下午${(h % 12) + 1}点${m}分`),
  clock.map(([h, m]) => `${h}h${m}`),
  clock.map(([h, m]) => `${h % 24}${m}`),
  hour.map((h) => String(h % 24)),
  fc.constantFrom(
    '24:00',
    '00:00',
    '8',
    '9',
    '12 AM',
    '凌晨1点',
    '晚上11:30',
    '８：００',
    '次日1:00',
    'noon',
    '',
    '—',
  ),
);
/** Few are unreadable, since one unreadable time can make repair refuse the draft. */
const time = fc.oneof(
  { weight: 150, arbitrary: readableTime },
  text,
  fc.constantFrom('99:99', '8点5'),
);
const companion = fc.oneof(
  text,
  fc.constantFrom('Exusiai', ' exusiai', '空', 'ＭＯＳＴＩＭＡ', '__proto__'),
);
const item: fc.Arbitrary<ItemDraft> = fc.record({
  start: time,
  end: time,
  title: text,
  category: fc.constantFrom(...categories),
  priority: fc.constantFrom(...levels),
  location: text,
  description: text,
  companions: fc.array(companion, { maxLength: 6 }),
  weatherAffected: fc.boolean(),
  emotionalTags: fc.array(text, { maxLength: 12 }),
  interactionPotential: fc.constantFrom(...levels),
});
const draft: fc.Arbitrary<PlanDraft> = fc.record({
  summary: text,
  items: fc.array(item, { minLength: 1, maxLength: 60, size: 'max' }),
});
/** Contiguous short items, so that more than the maximum number of them remain. */
const crowded = fc
  .tuple(
    fc.array(item, { minLength: 40, maxLength: 60, size: 'max' }),
    fc.integer({ min: 3, max: 24 }),
  )
  .map(([items, length]) => ({
    summary: '',
    items: items.map((each, i) => ({
      ...each,
      start: clockAt(400 + i * length),
      end: clockAt(400 + (i + 1) * length),
    })),
  }));
const odd = sampleProfile('zh', {
  companions: [],
  habits: [],
  work: [],
  leisure: [],
  places: [{ key: 'flat', name: '—', outdoors: false, description: '—' }],
});
const frame: fc.Arbitrary<PlanFrame> = fc
  .tuple(
    fc.constantFrom(sampleProfile('en'), sampleProfile('zh'), odd),
    fc.integer(),
    fc.constantFrom(...dayTypes),
  )
  .map(([profile, seed, dayType]) => ({
    profile,
    ...wakingHours(profile, dayType, seededRandom(seed)),
  }));

function clockAt(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
}

const reasons = ['no-times', 'unreadable-times', 'blank-titles', 'too-little'];

describe('any draft that fits the schema', () => {
  test('becomes a valid plan, or is refused with reasons', () => {
    let plans = 0;
    fc.assert(
      fc.property(fc.oneof(draft, draft, crowded), frame, (draft, frame) => {
        if (!planDraftSchema.safeParse(draft).success) throw new Error('The generator is wrong.');
        const repaired = repairPlan(draft, frame);
        const { plan, repairs, refusals } = repaired;
        expect(isDeepStrictEqual(repairPlan(draft, frame), repaired)).toBe(true);
        expect(repairs.filter(({ message }) => message === '' || message.length > 2000)).toEqual(
          [],
        );
        if (!plan) {
          expect(reasons).toContain(refusals[0]?.rule);
          expect(refusals[0]?.message).not.toBe('');
          return;
        }
        plans++;
        expect(refusals).toEqual([]);
        expect(planProblems(plan, frame)).toEqual([]);
        expect(unstorable(plan)).toEqual([]);
        expectSlots(plan, cutSlots(plan, seededRandom('slots', draft.summary)));
        const again = repairPlan(draftOf(plan), frame);
        expect(again.repairs).toEqual([]);
        expect(isDeepStrictEqual(again.plan, plan)).toBe(true);
      }),
      { numRuns: 300, seed: 20261123 },
    );
    // The test is meaningless if most drafts are refused.
    expect(plans).toBeGreaterThan(150);
  });
});

/** The parts of a plan that cannot be stored, or exceed a limit. */
function unstorable(plan: Plan): string[] {
  const bounded = (text: string, limit: number) =>
    [...text].length <= limit && !/(?!\n)[\p{Cc}\p{Cs}]/u.test(text);
  const faults = plan.items.filter(
    ({ title, location, description, emotionalTags, companions }) =>
      !bounded(title, 120) ||
      !bounded(location, 120) ||
      !bounded(description, 1000) ||
      !emotionalTags.every((tag) => bounded(tag, 40)) ||
      emotionalTags.length > 8 ||
      new Set(emotionalTags).size !== emotionalTags.length ||
      new Set(companions).size !== companions.length,
  );
  return [
    ...faults.map((item) => JSON.stringify(item)),
    ...(bounded(plan.summary, 2000) ? [] : ['summary']),
    ...(plan.items.length <= 48 ? [] : ['too many items']),
    ...(planSchema.safeParse(plan).success ? [] : ['schema']),
  ];
}

function expectSlots(plan: Plan, slots: Slot[]): void {
  const waking = [...plan.items.entries()].filter(([, item]) => !item.asleep);
  const uncovered = waking.filter(([index, { start, end }]) => {
    const own = slots.filter((slot) => slot.item === index);
    const joints = own.filter((slot, i) => slot.start !== (own[i - 1]?.end ?? start));
    return joints.length > 0 || own.at(-1)?.end !== end;
  });
  expect(uncovered).toEqual([]);
  expect(slots.filter((slot) => plan.items[slot.item]?.asleep !== false)).toEqual([]);
  expect(slots.filter(({ start, end }) => end - start < 5 || end - start > 30)).toEqual([]);
  const wanted = slots.filter((slot) => slot.wantsInteraction).length;
  expect(wanted).toBeGreaterThanOrEqual(1);
  expect(wanted).toBeLessThanOrEqual(slots.length / 2);
  for (const count of [1, 4, 100]) {
    const chapters = groupChapters(slots, count);
    const all = chapters.flatMap((chapter) => chapter.slots);
    expect(isDeepStrictEqual(all, slots)).toBe(true);
    expect(chapters.every((chapter, i) => chapter.position === i && chapter.slots.length > 0)).toBe(
      true,
    );
    expect(chapters).toHaveLength(Math.min(count, waking.length));
    const split = chapters.filter(
      ({ slots }, i) => slots[0]?.item === chapters[i - 1]?.slots.at(-1)?.item,
    );
    expect(split).toEqual([]);
  }
}

test('repairing, cutting and grouping an ordinary day is fast', () => {
  const frame = { profile: sampleProfile(), wake: 420, sleep: 1380 };
  const once = (seed: number) => {
    const { plan } = repairPlan(validDraft(), frame);
    return plan && groupChapters(cutSlots(plan, seededRandom(seed)), 4);
  };
  // Takes about 35 times as long as parsing the draft.
  const text = JSON.stringify(validDraft());
  // The best of many runs, to be independent of the load of the machine.
  const fastest = (work: (run: number) => unknown) =>
    Math.min(
      ...Array.from({ length: 300 }, (_, run) => {
        const began = performance.now();
        work(run);
        return performance.now() - began;
      }),
    );
  expect(fastest(once)).toBeLessThan(200 * fastest(() => JSON.parse(text)));
});
