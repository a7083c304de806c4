import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sampleItem } from '../../../test/day-material.js';
import type { ScheduleItem } from '../../day/plan.js';
import { resolveOverlaps } from './overlaps.js';
import { repairWords } from './words.js';

const words = repairWords('en');
const spans = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 5, max: 45 })), {
  minLength: 1,
  maxLength: 12,
});

/** Items of any `[start, length]`, sorted like `resolveTimes` sorts them. */
function itemsOf(spans: readonly (readonly [number, number])[]): ScheduleItem[] {
  return spans
    .map(([start, length], i) => ({
      ...sampleItem('', ''),
      asleep: false,
      start,
      end: start + length,
      title: `T${i}`,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

describe('resolveOverlaps', () => {
  test('returns items in order, without overlap, of at least five minutes, within their original times', () => {
    fc.assert(
      fc.property(spans, (spans) => {
        const items = itemsOf(spans);
        const apart = resolveOverlaps(items, words, () => undefined);
        const wrong = apart.filter((item, i) => {
          const source = items.find(
            ({ title }) => title === item.title.replace(' (continued)', ''),
          );
          const before = apart[i - 1]?.end ?? 0;
          return (
            !source ||
            item.start < Math.max(before, source.start) ||
            item.end > source.end ||
            item.end - item.start < 5
          );
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test('loses at most a few minutes of planned time', () => {
    fc.assert(
      fc.property(spans, (spans) => {
        const items = itemsOf(spans);
        const apart = resolveOverlaps(items, words, () => undefined);
        const covers = (list: ScheduleItem[], minute: number) =>
          list.some(({ start, end }) => start <= minute && minute < end);
        let lost = 0;
        let most = 0;
        for (let minute = 0; minute < 90; minute++) {
          lost = covers(items, minute) && !covers(apart, minute) ? lost + 1 : 0;
          most = Math.max(most, lost);
        }
        expect(most).toBeLessThan(9);
      }),
      { numRuns: 300 },
    );
  });

  test('a continued item makes room for an item that begins just before it', () => {
    const items = itemsOf([
      [0, 100],
      [10, 40],
      [20, 10],
      [25, 22],
      [48, 12],
    ]);
    const apart = resolveOverlaps(items, words, () => undefined);
    expect(apart.map(({ start, end, title }) => `${start}-${end} ${title}`)).toEqual([
      '0-10 T0',
      '10-20 T1',
      '20-30 T2',
      '30-47 T3',
      '48-60 T4',
      '60-100 T0 (continued)',
    ]);
  });
});
