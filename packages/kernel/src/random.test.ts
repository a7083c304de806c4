import { describe, expect, test } from '@jest/globals';
import { seededRandom } from './random.js';

describe('seededRandom', () => {
  test('the same seed gives the same stream, another seed another', () => {
    const stream = (...seed: (string | number)[]) => {
      const random = seededRandom(...seed);
      return Array.from({ length: 20 }, () => random.int(0, 1e6));
    };
    expect(stream('texas', '2026-11-23', 1)).toEqual(stream('texas', '2026-11-23', 1));
    expect(stream('texas', '2026-11-23', 1)).not.toEqual(stream('texas', '2026-11-23', 2));
    expect(stream('ab', 'c')).not.toEqual(stream('a', 'bc'));
  });

  test('weighted never picks an element without weight', () => {
    const random = seededRandom('weights');
    const picked = Array.from({ length: 500 }, () =>
      random.weighted([0, 1, 0, 3, 0], (weight) => weight),
    );
    expect(new Set(picked)).toEqual(new Set([1, 3]));
  });

  test('normal has about the given mean and deviation', () => {
    const random = seededRandom('normal');
    const values = Array.from({ length: 5000 }, () => random.normal(4, 2));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    expect(mean).toBeCloseTo(4, 0);
    expect(deviation).toBeCloseTo(2, 0);
  });

  test('picking from an empty list is an error', () => {
    expect(() => seededRandom('x').pick([])).toThrow(RangeError);
    expect(() => seededRandom('x').weighted([1], () => 0)).toThrow(RangeError);
  });
});
