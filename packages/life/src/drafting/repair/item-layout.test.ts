import { describe, expect, test } from '@jest/globals';
import { formatMinute } from '@texas-ai/kernel';
import { sampleDraft, sampleItem, sampleProfile, validDraft } from '../../../test/day-material.js';
import { frame, morning, outline, repaired, withItem } from '../../../test/repaired.js';

describe('overlaps', () => {
  test('the later item begins when the earlier ends', () => {
    const { plan, repairs } = repaired(
      morning(['08:00', '10:10'], ['10:00', '12:00', { title: 'B' }]),
    );
    expect(outline(plan)).toContain('10:10-12:00 B');
    expect(repairs).toEqual([
      { rule: 'overlap', message: 'moved the start of “B” from 10:00 to 10:10' },
    ]);
  });

  test('an item inside another interrupts it', () => {
    const { plan, rules } = repaired(
      morning(['08:00', '12:00', { title: 'A' }], ['09:00', '10:00', { title: 'B' }]),
    );
    expect(outline(plan).slice(1, 4)).toEqual([
      '08:00-09:00 A',
      '09:00-10:00 B',
      '10:00-12:00 A (continued)',
    ]);
    expect(rules).toEqual(['overlap']);
  });

  test('interruptions nest and overlap each other', () => {
    const { plan } = repaired(
      morning(
        ['08:00', '12:00', { title: 'A' }],
        ['08:30', '10:00', { title: 'B' }],
        ['09:00', '09:30', { title: 'C' }],
        ['09:20', '10:30', { title: 'D' }],
        ['11:00', '11:30', { title: 'E' }],
      ),
    );
    expect(outline(plan).slice(1, 9)).toEqual([
      '08:00-08:30 A',
      '08:30-09:00 B',
      '09:00-09:30 C',
      '09:30-10:30 D',
      '10:30-11:00 A (continued)',
      '11:00-11:30 E',
      '11:30-12:00 A (continued)',
      '12:00-13:00 Item 4',
    ]);
  });

  test('a covered item is dropped', () => {
    const { plan, repairs } = repaired(
      morning(['08:00', '10:00'], ['08:02', '09:00', { title: 'B' }], ['10:00', '12:00']),
    );
    expect(outline(plan).join()).not.toContain(' B');
    expect(repairs).toEqual([
      { rule: 'overlap', message: 'dropped “B”: “From 08:00” leaves no room for it' },
    ]);
  });
});

describe('gaps', () => {
  test('a small gap is added to the previous item, the first to the next item', () => {
    const draft = withItem(withItem(validDraft(), 0, { start: '07:30' }), 2, { start: '09:20' });
    const { plan, repairs } = repaired(withItem(draft, 7, { end: '22:45' }));
    expect(outline(plan).map((line) => line.slice(0, 11))).toEqual([
      '07:00-08:00',
      '08:00-09:20',
      '09:20-12:00',
      '12:00-13:00',
      '13:00-15:30',
      '15:30-18:00',
      '18:00-19:30',
      '19:30-23:00',
    ]);
    expect(repairs.map((repair) => repair.message)).toEqual([
      'moved the start of “Item 1” from 07:30 to 07:00',
      'moved the end of “Item 2” from 09:00 to 09:20',
      'moved the end of “Item 8” from 22:45 to 23:00',
    ]);
  });

  test('a long gap is filled with quiet activities at home', () => {
    const draft = { ...validDraft(), items: validDraft().items.toSpliced(4, 2).slice(0, -1) };
    const { plan, rules } = repaired(draft);
    expect(outline(plan).slice(4)).toEqual([
      '13:00-14:00 Reading',
      '14:00-14:50 Chess problems',
      '14:50-16:50 Quiet time',
      '16:50-18:00 Quiet time',
      '18:00-19:30 Item 7',
      '19:30-20:30 Logbook',
      '20:30-21:30 A late film',
      '21:30-23:00 Quiet time',
    ]);
    expect(rules).toEqual(['gap']);
    const fill = plan.items.filter((item) =>
      outline(plan)
        .slice(4, 7)
        .some((line) => line.endsWith(item.title)),
    );
    expect(fill[0]).toMatchObject({
      location: 'the flat',
      description: 'Reading, at the flat.',
      companions: [],
    });
    expect(fill[1]).toMatchObject({
      category: 'personal',
      description: 'Chess problems, as always.',
    });
  });

  test('a gap before the first item is filled too', () => {
    const { plan } = repaired({ ...validDraft(), items: validDraft().items.slice(1) });
    expect(outline(plan)[0]).toBe('07:00-08:00 Reading');
  });
});

describe('number and length of items', () => {
  test('items under five minutes are merged into a neighbour', () => {
    const draft = morning(['08:00', '08:03', { title: 'Blink' }], ['08:03', '12:00']);
    draft.items.unshift(sampleItem('07:00', '07:02', { title: 'Yawn' }));
    const { plan, repairs } = repaired(withItem(draft, 1, { start: '07:02' }));
    expect(outline(plan).slice(0, 2)).toEqual(['07:00-08:03 Item 1', '08:03-12:00 From 08:03']);
    expect(repairs.map((repair) => repair.message)).toEqual([
      'added the 2 minutes of “Yawn” to the next item',
      'added the 3 minutes of “Blink” to “Item 1”',
    ]);
  });

  test('too few items are split, the longest first', () => {
    const draft = sampleDraft(
      ['07:00', '08:00', { title: 'A' }],
      ['08:00', '18:00', { title: 'B' }],
      ['18:00', '23:00', { title: 'C' }],
    );
    const { plan, rules } = repaired(draft);
    expect(outline(plan)).toEqual([
      '07:00-08:00 A',
      '08:00-11:20 B (part 1)',
      '11:20-14:40 B (part 2)',
      '14:40-18:00 B (part 3)',
      '18:00-20:30 C (part 1)',
      '20:30-23:00 C (part 2)',
    ]);
    expect(rules).toEqual(['too-few']);
    const zh = repaired(draft, { ...frame, profile: sampleProfile('zh') });
    expect(zh.plan.items[2]?.title).toBe('B（一）');
  });

  test('too many items are merged, the shortest first; the longer keeps its title', () => {
    const times = Array.from({ length: 96 }, (_, i): [string, string] => [
      formatMinute(420 + i * 10 + (i % 2)),
      formatMinute(420 + (i + 1) * 10 + ((i + 1) % 2)),
    ]);
    const { plan, rules } = repaired(sampleDraft(...times));
    expect(plan.items).toHaveLength(48);
    expect(rules).toEqual(['too-many']);
    expect(outline(plan).slice(0, 3)).toEqual([
      '07:00-07:40 From 07:00',
      '07:40-08:20 From 07:40',
      '08:20-08:40 From 08:20',
    ]);
  });
});
