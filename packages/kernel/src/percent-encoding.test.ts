import { expect, test } from '@jest/globals';
import { percentDecoded, withEncodedPercents } from './percent-encoding.js';

test.each([
  ['AmJaw%queif', 'AmJaw%25queif', 'AmJaw%queif'],
  ['ends%', 'ends%25', 'ends%'],
  ['both%zz%2Fway', 'both%25zz%2Fway', 'both%zz/way'],
  // Two digits, and still no UTF-8.
  ['100%ab', '100%25ab', '100%ab'],
  ['%E6%97%A9%E5', '%25E6%2597%25A9%25E5', '%E6%97%A9%E5'],
  ['p%40ss%25', 'p%40ss%25', 'p@ss%'],
  ['plain', 'plain', 'plain'],
])('%s', (written, encoded, meant) => {
  expect(withEncodedPercents(written)).toBe(encoded);
  expect(percentDecoded(written)).toBe(meant);
  expect(withEncodedPercents(encoded)).toBe(encoded);
});
