import { describe, expect, test } from '@jest/globals';
import { dayNumberOf, makePicker, position, variant } from './rotation.js';

describe('rotation', () => {
  test('visits every place once before any twice, whatever the size', () => {
    for (let size = 1; size < 60; size++) {
      const visited = Array.from({ length: size }, (_, turn) => position(turn + 1000, size));
      expect(new Set(visited).size).toBe(size);
    }
  });

  test('the next day has the next number, also over a leap day', () => {
    expect(dayNumberOf('2028-03-01') - dayNumberOf('2028-02-28')).toBe(2);
  });

  test('variants stay in range and are not all alike', () => {
    const seen = new Set(Array.from({ length: 200 }, (_, turn) => variant(5, turn, 1)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test('walks through all pairs of two pools before one comes again', () => {
    const first = ['a', 'b', 'c'];
    const second = ['1', '2', '3', '4'];
    const pairs = Array.from({ length: 12 }, (_, turn) =>
      makePicker().two(first, second, turn)?.join(''),
    );
    expect(new Set(pairs).size).toBe(12);
  });

  test('gives nothing twice while there is something fresh, and says when there is not', () => {
    const picker = makePicker();
    const pool = ['a', 'b', 'c'];
    expect(new Set([picker.one(pool, 5), picker.one(pool, 5), picker.one(pool, 5)]).size).toBe(3);
    expect(picker.fresh(pool, 5)).toBeUndefined();
    expect(picker.one(pool, 5)).toBeDefined();
    expect(picker.one([], 5)).toBeUndefined();
  });
});
