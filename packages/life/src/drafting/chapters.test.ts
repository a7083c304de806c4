import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Slot } from '../day/plan.js';
import { groupChapters } from './chapters.js';

/** The slots of items with these numbers of slots; the first item is a night, so indexes begin at 1. */
function slotsOf(counts: readonly number[]): Slot[] {
  return counts.flatMap((count, i) =>
    Array.from({ length: count }, () => ({
      item: i + 1,
      start: 0,
      end: 5,
      wantsInteraction: false,
    })),
  );
}

function sizes(counts: readonly number[], wanted: number): number[] {
  return groupChapters(slotsOf(counts), wanted).map((chapter) => chapter.slots.length);
}

describe('groupChapters', () => {
  test.each<[number[], number, number[]]>([
    [[4, 4, 4, 4], 4, [4, 4, 4, 4]],
    [[1, 1, 1, 9], 2, [3, 9]],
    [[3, 5, 2, 6, 4, 4, 3, 5], 4, [8, 8, 8, 8]],
    [[9, 1, 1, 1, 1, 1, 1], 3, [9, 3, 3]],
    [[2, 3], 4, [2, 3]],
    [[2, 3], 0, [5]],
    [[], 4, []],
  ])('groups items of %j slots into %d chapters', (counts, wanted, expected) => {
    expect(sizes(counts, wanted)).toEqual(expected);
  });

  test('positions count from 0', () => {
    expect(groupChapters(slotsOf([1, 1, 1]), 3).map(({ position }) => position)).toEqual([0, 1, 2]);
  });

  test('no other grouping has a smaller largest chapter', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 5 }), (counts, wanted) => {
        const chapters = Math.min(wanted, counts.length);
        const result = sizes(counts, wanted);
        expect(result).toHaveLength(chapters);
        expect(Math.max(...result)).toBe(smallestLargest(counts, chapters));
      }),
    );
  });
});

/** Found by brute force. */
function smallestLargest(counts: readonly number[], chapters: number): number {
  const sum = (list: readonly number[]) => list.reduce((total, count) => total + count, 0);
  if (chapters === 1) return sum(counts);
  const ways = counts
    .slice(chapters - 1)
    .map((_, i) =>
      Math.max(sum(counts.slice(0, i + 1)), smallestLargest(counts.slice(i + 1), chapters - 1)),
    );
  return Math.min(...ways);
}
