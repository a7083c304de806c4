import { describe, expect, it } from '@jest/globals';
import { median, p99, rangeOf } from './figure.js';
import { formatBytes, formatNumber, formatSeconds } from './format.js';

describe('of many values', () => {
  it('median, 99th percentile and range do not depend on order', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(median([5, 1, 3])).toBe(3);
    expect(p99(values)).toBe(198);
    expect(rangeOf([5, 1, 3])).toEqual({ lowest: 1, highest: 5 });
  });
});

describe('numbers', () => {
  it('are shown with their significant digits', () => {
    expect([0.04567, 1.234, 45.678, 999.4, 1234.5, 1e7].map(formatNumber)).toEqual([
      '0.0457',
      '1.23',
      '45.7',
      '999',
      '1,235',
      '10,000,000',
    ]);
    expect([512, 55_624, 2.03e12, 2e15].map(formatBytes)).toEqual([
      '512 bytes',
      '55.6 kB',
      '2.03 TB',
      '2 PB',
    ]);
    expect([14.5, 119, 120, 10_800, 540_000].map(formatSeconds)).toEqual([
      '14.5 s',
      '119 s',
      '2 min',
      '3 h',
      '6.25 days',
    ]);
  });
});
