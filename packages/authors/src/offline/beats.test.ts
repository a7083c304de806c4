import { describe, expect, test } from '@jest/globals';
import { beatsBySlot } from './beats.js';

const pools = {
  start: ['s1', 's2'],
  middle: ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8'],
  end: ['e1', 'e2'],
};
const clauses = (slots: number, day = 0, nth = 0, of = 1) =>
  beatsBySlot(pools, slots, { day, nth, of }).map((beats) => beats.map(({ clause }) => clause));

describe('beatsBySlot', () => {
  test('starts in the first slot, ends in the last, and continues in order between', () => {
    for (let slots = 1; slots <= 12; slots++) {
      const beats = clauses(slots, slots);
      expect(beats).toHaveLength(slots);
      expect(beats[0]?.[0]).toMatch(/^s/);
      expect(beats.at(-1)?.at(-1)).toMatch(/^e/);
      const middle = beats.flat().filter((clause) => clause.startsWith('m'));
      expect(middle).toEqual([...new Set(middle)].sort());
    }
  });

  test('every inner slot has a beat while the pool lasts', () => {
    for (const beats of clauses(9).slice(1, -1)) expect(beats.length).toBeGreaterThan(0);
    expect(beatsBySlot({ ...pools, middle: [] }, 4, { day: 0, nth: 0, of: 1 })[1]).toEqual([]);
  });

  test('two items of one day use different parts of the pool', () => {
    const [first, second] = [clauses(4, 7, 0, 2), clauses(4, 7, 1, 2)].map((beats) =>
      beats.flat().filter((clause) => clause.startsWith('m')),
    );
    expect(first?.filter((clause) => second?.includes(clause))).toEqual([]);
  });
});
