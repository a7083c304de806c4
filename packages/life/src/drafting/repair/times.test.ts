import { describe, expect, test } from '@jest/globals';
import { sampleDraft, sampleItem, validDraft } from '../../../test/day-material.js';
import { frame, morning, outline, repaired, withItem } from '../../../test/repaired.js';
import { repairPlan } from './repair-plan.js';

describe('times', () => {
  test('unusual notations are read, with a note', () => {
    const draft = withItem(validDraft(), 1, { start: '8:00 AM', end: '9' });
    const { plan, repairs } = repaired(draft);
    expect(outline(plan)[1]).toBe('08:00-09:00 Item 2');
    expect(repairs).toEqual([
      { rule: 'time-format', message: 'read “8:00 AM” of “Item 2” as 08:00' },
      { rule: 'time-format', message: 'read “9” of “Item 2” as 09:00' },
    ]);
  });

  test('a missing start or end is inferred from the neighbour', () => {
    const draft = withItem(withItem(validDraft(), 1, { end: '?' }), 4, { start: 'soon' });
    const { plan, rules } = repaired(draft);
    expect(outline(plan)).toEqual(outline(repaired(validDraft()).plan));
    expect(rules).toEqual(['time-inferred']);
  });

  test('the first start and the last end are inferred from the waking hours', () => {
    const draft = withItem(withItem(validDraft(), 0, { start: '' }), 7, { end: '' });
    expect(outline(repaired(draft).plan)).toEqual(outline(repaired(validDraft()).plan));
  });

  test('a plan with starts only is complete', () => {
    const draft = {
      ...validDraft(),
      items: validDraft().items.map((item) => ({ ...item, end: '' })),
    };
    expect(outline(repaired(draft).plan)).toEqual(outline(repaired(validDraft()).plan));
  });

  test('without a suitable neighbour, an item lasts an hour', () => {
    const draft = sampleDraft(
      ['15:00', '23:00'],
      ['', '10:00', { title: 'B' }],
      ['07:00', '—', { title: 'A' }],
    );
    const { plan, repairs } = repaired(draft);
    expect(outline(plan).join()).toContain('07:00-08:00 A');
    expect(outline(plan).join()).toContain('09:00-10:00 B');
    expect(repairs.map((repair) => repair.message)).toContain(
      'let “A” end at 08:00: it had no end',
    );
    expect(repairs.map((repair) => repair.message)).toContain(
      'let “B” begin at 09:00: it had no start',
    );
  });

  test('an unreadable time is inferred from a neighbour, or the draft is refused', () => {
    const { repairs } = repaired(withItem(validDraft(), 1, { end: '八点五' }));
    expect(repairs).toEqual([
      {
        rule: 'time-inferred',
        message: 'let “Item 2” end at 09:00: its end “八点五” cannot be read',
      },
    ]);
    const unread = sampleDraft(
      ['15:00', '23:00'],
      ['soon', '10:00', { title: 'B' }],
      ['07:00', '8点5', { title: 'A' }],
      ['later', 'then', { title: 'C' }],
      ['12:00', '13:00'],
    );
    expect(repairPlan(unread, frame)).toMatchObject({
      plan: null,
      refusals: [
        ['B', 'soon', '10:00'],
        ['A', '07:00', '8点5'],
        ['C', 'later', 'then'],
      ].map(([title, start, end]) => ({
        rule: 'unreadable-times',
        message: `The times of “${title}” cannot be read: “${start}” to “${end}”. Times are written HH:MM.`,
      })),
    });
  });

  test('a range in either field is read as the time of that field', () => {
    const draft = withItem(validDraft(), 1, { start: '08:00-09:00', end: '上午8点~9点' });
    const { plan, rules } = repaired(draft);
    expect(outline(plan)).toEqual(outline(repaired(validDraft()).plan));
    expect(rules).toEqual(['time-format']);
  });

  test('an item without times is put between its neighbours, or dropped', () => {
    const kept = repaired(withItem(validDraft(), 1, { start: '-', end: '-' }));
    expect(outline(kept.plan)[1]).toBe('08:00-09:00 Item 2');
    const dropped = repaired(withItem(validDraft(), 0, { start: '-', end: '-' }));
    expect(dropped.rules).toContain('no-times');
    expect(outline(dropped.plan).join()).not.toContain('Item 1');
    const crowded = morning(['08:00', '12:00'], ['-', '-', { title: 'Nowhere' }]);
    expect(repaired(crowded).rules).toEqual(['no-times']);
    const nothing = sampleDraft(
      ['-', '00:00'],
      ...validDraft().items.map(({ start, end }): [string, string] => [start, end]),
    );
    expect(repaired(nothing).rules).toEqual(['no-times']);
  });

  test('an end before its start is after noon, after midnight or swapped', () => {
    const noon = repaired(withItem(validDraft(), 2, { start: '9:00', end: '0:00' }));
    expect(outline(noon.plan)[2]).toBe('09:00-12:00 Item 3');
    const midnight = repaired(withItem(validDraft(), 7, { end: '01:00' }));
    expect(outline(midnight.plan)[7]).toBe('19:30-23:00 Item 8');
    expect(midnight.rules).toEqual(['past-midnight', 'outside-waking']);
    const swapped = repaired(withItem(validDraft(), 5, { start: '18:00', end: '15:30' }));
    expect(outline(swapped.plan)[5]).toBe('15:30-18:00 Item 6');
    expect(swapped.rules).toEqual(['time-reversed']);
  });

  test('an item without length lasts until the next one', () => {
    const { plan, rules } = repaired(withItem(validDraft(), 1, { end: '08:00' }));
    expect(outline(plan)[1]).toBe('08:00-09:00 Item 2');
    expect(rules).toEqual(['zero-length']);
  });

  test('a 12-hour clock continues after noon', () => {
    const times: [string, string][] = [
      ['7:00', '8:00'],
      ['8:00', '10:00'],
      ['10:00', '12:00'],
      ['12:00', '1:00'],
      ['1:00', '4:00'],
      ['4:00', '6:30'],
      ['6:30', '9:00'],
      ['9:00', '11:00'],
    ];
    const { plan, rules } = repaired(sampleDraft(...times));
    expect(outline(plan).map((line) => line.slice(0, 11))).toEqual([
      '07:00-08:00',
      '08:00-10:00',
      '10:00-12:00',
      '12:00-13:00',
      '13:00-16:00',
      '16:00-18:30',
      '18:30-21:00',
      '21:00-23:00',
    ]);
    expect(rules).toEqual(['time-format']);
  });

  test('an item after midnight is not read as morning', () => {
    const draft = validDraft();
    draft.items.push(sampleItem('00:00', '07:30', { title: 'Sleep' }));
    const { plan, rules } = repaired(draft);
    expect(outline(plan)).toEqual(outline(repaired(validDraft()).plan));
    expect(rules).toEqual(['past-midnight', 'outside-waking']);
  });

  test('items are sorted', () => {
    const { plan, rules } = repaired({ ...validDraft(), items: validDraft().items.toReversed() });
    expect(outline(plan)).toEqual(outline(repaired(validDraft()).plan));
    expect(rules).toEqual(['unsorted']);
  });

  test('items outside the waking hours are clipped or dropped', () => {
    const draft = withItem(validDraft(), 0, { start: '06:00' });
    draft.items.push(sampleItem('23:00', '25:30', { title: 'Night out' }));
    const { plan, repairs } = repaired(draft);
    expect(outline(plan)).toEqual(outline(repaired(validDraft()).plan));
    expect(repairs.map((repair) => repair.message)).toEqual([
      'read “25:30” of “Night out” as 25:30',
      'clipped “Item 1” to the waking hours 07:00-23:00',
      'dropped “Night out”: it is outside the waking hours 07:00-23:00',
    ]);
  });
});
