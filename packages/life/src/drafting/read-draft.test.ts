import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { validDraft } from '../../test/day-material.js';
import type { SlotText } from './draft.js';
import { readChapterDraft, readPlanDraft } from './read-draft.js';

const plan = validDraft();
const [first, ...others] = plan.items;
/** The plan with changed fields in its first item. */
const withItem = (over: object) => ({ ...plan, items: [{ ...first, ...over }, ...others] });
const without = (name: string) =>
  Object.fromEntries(Object.entries(first ?? {}).filter(([key]) => key !== name));

describe('a plan', () => {
  test.each<[string, unknown]>([
    ['in the requested format', plan],
    ['in an object', { schedule: plan }],
    ['in objects', { status: 'ok', data: { plan } }],
    ['in a list', [plan]],
    ['with its list in an object', { ...plan, items: { items: plan.items } }],
    ['with a list under another name', { summary: plan.summary, schedule: plan.items }],
    ['beside another list', { plan, sources: [{ title: 'A map' }] }],
    ['beside other lists', { plan, notes: ['x'], sources: [{ a: 1 }, { b: 2 }] }],
    ['as JSON in a string', { name: 'plan_day', arguments: JSON.stringify(plan) }],
    ['with its list as JSON in a string', { ...plan, items: JSON.stringify(plan.items) }],
    ['with numbered items', { ...plan, items: Object.fromEntries(plan.items.entries()) }],
    ['with empty entries at the end of its list', { ...plan, items: [...plan.items, {}, null] }],
    ['with the summary outside', { summary: plan.summary, plan: { items: plan.items } }],
    ['with names in capitals', { Summary: plan.summary, ITEMS: plan.items }],
    ['with additional fields', { ...plan, date: '2026-11-27', notes: null }],
  ])('%s', (_, answer) => expect(readPlanDraft(answer)).toEqual({ value: plan }));

  test.each<[string, unknown]>([
    ['alone', plan.items],
    ['in an object', { result: plan.items }],
  ])('that is only a list, %s, has no summary', (_, answer) => {
    expect(readPlanDraft(answer)).toEqual({ value: { ...plan, summary: '' } });
  });

  test.each<[object, object]>([
    [{ category: 'Work' }, { category: 'work' }],
    [{ category: ' SOCIAL. ' }, { category: 'social' }],
    [{ category: '休闲' }, { category: 'rest' }],
    [{ priority: 'HIGH' }, { priority: 'high' }],
    [{ priority: null }, { priority: 'medium' }],
    [{ interactionPotential: '低' }, { interactionPotential: 'low' }],
    [{ weatherAffected: 'True' }, { weatherAffected: true }],
    [{ weatherAffected: '否' }, { weatherAffected: false }],
    [{ weatherAffected: null }, { weatherAffected: false }],
    [{ title: 42 }, { title: '42' }],
    [
      { title: null, location: null },
      { title: '', location: '' },
    ],
    [{ start: 7 }, { start: '7' }],
    [{ end: null }, { end: '' }],
    [{ companions: null }, { companions: [] }],
    [{ companions: 'none' }, { companions: ['none'] }],
    [{ companions: '空' }, { companions: ['空'] }],
    [{ companions: ' ' }, { companions: [] }],
    [{ companions: false }, { companions: [] }],
    [{ companions: 0 }, { companions: [] }],
    [{ companions: {} }, { companions: [] }],
    [{ companions: { name: 'Exusiai', role: 'friend' } }, { companions: ['Exusiai'] }],
    [{ companions: [{ name: '空', role: 'idol' }, { role: 'x' }] }, { companions: ['空', 'x'] }],
    [{ location: { name: 'Home', district: 'Lungmen' } }, { location: 'Home' }],
    [{ priority: 'null' }, { priority: 'medium' }],
    [{ priority: 'N/A' }, { priority: 'medium' }],
    [{ priority: {} }, { priority: 'medium' }],
    [{ priority: ['high'] }, { priority: 'high' }],
    [{ interactionPotential: '未知' }, { interactionPotential: 'medium' }],
    [{ weatherAffected: 'null' }, { weatherAffected: false }],
    [{ weatherAffected: 'N/A' }, { weatherAffected: false }],
    [{ weatherAffected: [] }, { weatherAffected: false }],
    [{ weatherAffected: 0 }, { weatherAffected: false }],
    [{ category: { value: 'Work' } }, { category: 'work' }],
    [{ title: {} }, { title: '' }],
    [{ companions: '空、Exusiai' }, { companions: ['空', 'Exusiai'] }],
    [{ companions: [{ name: '空' }] }, { companions: ['空'] }],
    [{ emotionalTags: ['calm', null, 1] }, { emotionalTags: ['calm', '', '1'] }],
  ])('reads %j as %j', (written, meant) => {
    expect(readPlanDraft(withItem(written))).toEqual({ value: withItem(meant) });
  });

  test.each([
    ...[
      'item-1',
      'slot_a',
      '3',
      '第三段',
      'Slot 3',
      'first',
      '2026-11-27',
      '2026年11月27日',
      '周五',
    ],
    ...['Fri, Nov 27', '07:00-08:00', '上午8点到9点', 'morning', '15 minutes', 'none', 'zh-CN'],
  ])('a field “label” with %s is dropped, even if a text is missing', (label) => {
    const { summary: _, ...bare } = plan;
    const items = [{ ...without('description'), label }, ...others];
    expect(readPlanDraft({ ...bare, label, items })).toEqual({
      value: { ...withItem({ description: '' }), summary: '' },
    });
  });

  test('an unknown field is dropped if no text is missing', () => {
    const { companions: _, ...item } = first ?? {};
    const items = [{ ...item, mood: 'calm', note: 'She hums.' }, ...others];
    expect(readPlanDraft({ ...plan, items })).toEqual({ value: withItem({ companions: [] }) });
  });

  test('field names may have other spellings', () => {
    const { weatherAffected, emotionalTags, ...rest } = first ?? {};
    const snake = { ...rest, weather_affected: weatherAffected, 'Emotional Tags': emotionalTags };
    expect(readPlanDraft({ ...plan, items: [snake, ...others] })).toEqual({ value: plan });
  });

  test('optional fields that are missing are empty', () => {
    const bare = { start: '07:00', end: '08:00', title: 'Up', category: 'rest' };
    expect(readPlanDraft({ items: [bare] }).value?.items[0]).toEqual({
      ...bare,
      priority: 'medium',
      location: '',
      description: '',
      companions: [],
      weatherAffected: false,
      emotionalTags: [],
      interactionPotential: 'medium',
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', null, /items: .*expected array/],
    ['a text', 'a day', /items: .*expected array/],
    ['no items', { ...plan, items: [] }, /items: .*>=1/],
    ['two plans', { a: plan, b: plan }, /items: .*expected array/],
    [
      'a plan among others',
      { plan, others: [{ ...plan, summary: 'x' }] },
      /items: .*expected array/,
    ],
    ['two bare lists', { a: plan.items, b: plan.items }, /items: .*expected array/],
    [
      'nothing within the list',
      { ...plan, items: [null, ...plan.items] },
      /items\.0: .*expected object/,
    ],
    ['keys that do not count', { ...plan, items: { 1: first, 3: first } }, /expected array/],
    ['JSON that breaks off', { ...plan, items: '[{"start":' }, /items: .*expected array/],
    ['an item that is a text', { ...plan, items: ['sleep'] }, /items\.0: .*expected object/],
    ['an unknown category', withItem({ category: 'business' }), /items\.0\.category: /],
    ['no category', withItem({ category: null }), /items\.0\.category: /],
    ['a category that is an object', withItem({ category: { toString: 1 } }), /items\.0\.category/],
    ['an unknown level', withItem({ priority: '1' }), /items\.0\.priority: /],
    ['a number that may be several times', withItem({ start: 930 }), /items\.0\.start: .*number/],
    ['a fraction of an hour', withItem({ start: 8.3 }), /items\.0\.start: .*number/],
    ['a category that is a placeholder', withItem({ category: 'N/A' }), /items\.0\.category: /],
    ['an infinite number', withItem({ title: Infinity }), /items\.0\.title: .*string/],
    ['a text that is a list', withItem({ title: ['a', 'b'] }), /items\.0\.title: .*array/],
    [
      'an unknown field in place of a known one',
      { ...plan, items: [{ ...without('location'), place: 'the depot' }, ...others] },
      /items\.0: unknown field “place” while “location” is missing/,
    ],
    [
      'a time under another name',
      { ...plan, items: [{ ...without('start'), from: '07:00' }, ...others] },
      /items\.0: unknown field “from” while “start” is missing/,
    ],
    [
      'a short text under another name',
      { ...plan, items: [{ ...without('location'), place: 'Home' }, ...others] },
      /items\.0: unknown field “place” while “location” is missing/,
    ],
    [
      'an unknown field in place of the summary',
      { dayOverview: 'A day that goes its usual way.', items: plan.items },
      /unknown field “dayOverview” while “summary” is missing/,
    ],
  ])('%s is rejected with its path', (_, answer, problem) => {
    expect(readPlanDraft(answer).problems?.join()).toMatch(problem);
  });
});

describe('a chapter', () => {
  const text: SlotText = {
    content: 'She drives.',
    emotions: ['calm'],
    thoughts: 'Left here.',
    interaction: 'On my way.',
  };
  const chapter = { texts: [text, { ...text, interaction: null }] };

  test.each<[string, unknown]>([
    ['in the requested format', chapter],
    ['that is only a list', chapter.texts],
    ['in an object', { result: chapter }],
    ['with its list in an object', { experiences: chapter.texts }],
    ['of one text', { texts: [text] }],
    ['with numbered texts', { texts: { 1: text, 2: { ...text, interaction: null } } }],
    ['with null at the end', { texts: [...chapter.texts, null] }],
  ])('%s', (_, answer) => {
    const texts = chapter.texts.slice(0, JSON.stringify(answer).split('content').length - 1);
    expect(readChapterDraft(answer)).toEqual({ value: { texts } });
  });

  test.each<[unknown, string | null]>([
    [false, null],
    [undefined, null],
    [{ content: 'Hi.' }, 'Hi.'],
    [{ content: null }, null],
    [{}, null],
    [[], null],
    [[{}], null],
    [['Hi.'], 'Hi.'],
    [7, '7'],
    ['无', '无'],
  ])('reads a message %j as %j', (written, interaction) => {
    const { value } = readChapterDraft({ texts: [{ ...text, interaction: written }] });
    expect(value?.texts[0]?.interaction).toBe(interaction);
  });

  test('time, id or number of a text are dropped if the message is missing', () => {
    const { interaction: _, ...silent } = text;
    const texts = [{ time: '08:00-08:15', id: 'text-1', slot: '1', ...silent }];
    expect(readChapterDraft({ texts }).value?.texts).toEqual([{ ...silent, interaction: null }]);
  });

  test.each(['On my way.', '早', '到了', 'Morning, Doctor'])(
    'a message %s under another name is rejected',
    (message) => {
      const { interaction: _, ...silent } = text;
      expect(readChapterDraft({ texts: [{ ...silent, message }] }).problems?.join()).toMatch(
        /texts\.0: unknown field “message” while “interaction” is missing/,
      );
    },
  );

  test('an ambiguous message is rejected', () => {
    const interaction = { wanted: true, content: 'Hi.' };
    expect(readChapterDraft({ texts: [{ ...text, interaction }] }).problems?.join()).toMatch(
      /texts\.0\.interaction/,
    );
  });
});

test('any value is read as a draft with texts of the answer, or rejected with problems', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.record({ summary: fc.jsonValue(), items: fc.array(fc.jsonValue()) }),
    fc.record({
      texts: fc.array(
        fc.record({
          content: fc.jsonValue(),
          emotions: fc.jsonValue(),
          thoughts: fc.jsonValue(),
          interaction: fc.jsonValue(),
        }),
      ),
    }),
  );
  fc.assert(
    fc.property(value, (answer) => {
      const { value, problems } = readChapterDraft(answer);
      expect(value === undefined).toBe((problems ?? []).length > 0);
      expect(readPlanDraft(answer).value === undefined).toBe(
        (readPlanDraft(answer).problems ?? []).length > 0,
      );
      const written = texts(answer);
      for (const each of value?.texts ?? []) {
        expect(written).toEqual(
          expect.arrayContaining([each.content, each.thoughts, each.interaction ?? '']),
        );
      }
    }),
  );
});

/** Every text and number in a value, and the empty text. */
function texts(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(texts);
  return typeof value === 'string' || typeof value === 'number' ? ['', String(value)] : [''];
}
