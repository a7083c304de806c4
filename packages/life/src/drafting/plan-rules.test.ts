import { describe, expect, test } from '@jest/globals';
import { sampleProfile, validDraft } from '../../test/day-material.js';
import type { Plan, ScheduleItem } from '../day/plan.js';
import { planProblems, planWarnings } from './plan-rules.js';
import { repairPlan } from './repair/repair-plan.js';

const frame = { profile: sampleProfile(), wake: 420, sleep: 1380 };

function goodPlan(): Plan {
  const { plan } = repairPlan(validDraft(), frame);
  if (!plan) throw new Error('The good draft is not good.');
  return plan;
}

/** The valid plan with one item changed; 0 and 9 are nights, 1-8 waking items. */
function withItem(index: number, over: Partial<ScheduleItem>): Plan {
  const { summary, items } = goodPlan();
  return { summary, items: items.map((item, i) => (i === index ? { ...item, ...over } : item)) };
}

function rules(plan: Plan): string[] {
  return planProblems(plan, frame).map((problem) => problem.rule);
}

describe('planProblems', () => {
  test('are empty for a valid plan', () => expect(rules(goodPlan())).toEqual([]));

  test.each<[string, Plan, string[]]>([
    ['begins late', withItem(0, { start: 5 }), ['covers-day']],
    ['ends early', withItem(9, { end: 1439 }), ['covers-day']],
    ['has a gap', withItem(3, { end: 700 }), ['gap']],
    ['overlaps', withItem(3, { end: 730 }), ['overlap']],
    ['is out of order', withItem(3, { start: 450, end: 720 }), ['order']],
    ['has a blank title', withItem(3, { title: '…' }), ['blank-text']],
    ['has a blank location', withItem(3, { location: ' ' }), ['blank-text']],
    ['has a blank description', withItem(3, { description: '' }), ['blank-text']],
    ['has a stranger', withItem(3, { companions: ['Exusiai', 'exusiai'] }), ['companion']],
    ['has a blank summary', { ...goodPlan(), summary: '' }, ['blank-text']],
    [
      'has no items',
      { summary: 'A day.', items: [] },
      ['covers-day', 'covers-day', 'too-few', 'no-sleep', 'no-waking'],
    ],
  ])('a plan that %s', (_name, plan, broken) => expect(rules(plan)).toEqual(broken));

  test('include short items, unless asleep', () => {
    const { summary, items } = goodPlan();
    const cut = (at: number): Plan => ({
      summary,
      items: items.flatMap((item, i) =>
        i === at
          ? [
              { ...item, end: item.start + 4 },
              { ...item, start: item.start + 4 },
            ]
          : [item],
      ),
    });
    expect(rules(cut(3))).toEqual(['too-short']);
    expect(rules(cut(0))).toEqual([]);
  });

  test('include too few items, no sleep and no waking hours', () => {
    const { summary, items } = goodPlan();
    const few = {
      summary,
      items: [...items.slice(0, 6), { ...(items[6] as ScheduleItem), end: 1440 }],
    };
    expect(rules(few)).toEqual(['too-few']);
    expect(rules({ summary, items: items.map((item) => ({ ...item, asleep: false })) })).toEqual([
      'no-sleep',
    ]);
    expect(rules({ summary, items: items.map((item) => ({ ...item, asleep: true })) })).toEqual([
      'no-waking',
    ]);
  });
});

describe('planWarnings', () => {
  const all = (category: ScheduleItem['category']): Plan => ({
    summary: 'A day.',
    items: goodPlan().items.map((item) => (item.asleep ? item : { ...item, category })),
  });

  test('there are none for a balanced workday, but one for as much work on a day off', () => {
    expect(planWarnings(goodPlan(), 'workday')).toEqual([]);
    expect(planWarnings(goodPlan(), 'weekend')).toEqual([]);
    expect(planWarnings(withItem(8, { category: 'work' }), 'holiday')).toEqual([
      'Work takes 72 % of the waking hours on a holiday.',
    ]);
  });

  test('a workday with only work, and one without work', () => {
    expect(planWarnings(all('work'), 'workday')).toEqual([
      'Work takes 100 % of the waking hours.',
      'The day has neither rest nor personal time.',
    ]);
    expect(planWarnings(all('rest'), 'workday')).toEqual([
      'Work takes only 0 % of the waking hours on a workday.',
    ]);
    expect(planWarnings(all('rest'), 'weekend')).toEqual([]);
  });

  test('a long item', () => {
    const plan = withItem(8, { start: 1000 });
    expect(planWarnings(plan, 'workday')).toEqual(['“Item 8” lasts 6 hours.']);
  });
});
