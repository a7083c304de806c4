import { describe, expect, test } from '@jest/globals';
import { dayNumberOf, makePicker, position, variant } from './rotation.js';

describe('rotation', () => {
  test('visits every index once before any twice, for every size', () => {
    for (let size = 1; size < 60; size++) {
      const visited = Array.from({ length: size }, (_, turn) => position(turn + 1000, size));
      expect(new Set(visited).size).toBe(size);
    }
  });

  test('numbers days consecutively, leap days included', () => {
    expect(dayNumberOf('2028-03-01') - dayNumberOf('2028-02-28')).toBe(2);
  });

  test('variants cover their range', () => {
    const seen = new Set(Array.from({ length: 200 }, (_, turn) => variant(5, turn, 1)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test('uses all pairs of two pools before repeating one', () => {
    const first = ['a', 'b', 'c'];
    const second = ['1', '2', '3', '4'];
    const pairs = Array.from({ length: 12 }, (_, turn) =>
      makePicker().two(first, second, turn)?.join(''),
    );
    expect(new Set(pairs).size).toBe(12);
  });

  test('repeats an element only when no fresh one is left', () => {
    const picker = makePicker();
    const pool = ['a', 'b', 'c'];
    expect(new Set([picker.one(pool, 5), picker.one(pool, 5), picker.one(pool, 5)]).size).toBe(3);
    expect(picker.fresh(pool, 5)).toBeUndefined();
    expect(picker.one(pool, 5)).toBeDefined();
    expect(picker.one([], 5)).toBeUndefined();
  });
});
