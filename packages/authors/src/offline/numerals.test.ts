import { expect, test } from '@jest/globals';
import { numberText, timeText } from './numerals.js';

test.each([
  [0, '0:00', '零点'],
  [425, '7:05', '七点零五分'],
  [450, '7:30', '七点半'],
  [732, '12:12', '十二点十二分'],
  [840, '14:00', '下午两点'],
  [1280, '21:20', '晚上九点二十分'],
])('minute %d is %s or %s', (minute, english, chinese) => {
  expect(timeText('en', minute)).toBe(english);
  expect(timeText('zh', minute)).toBe(chinese);
});

test('numbers are numerals in Chinese', () => {
  expect([0, 10, 11, 40, 99].map((value) => numberText('zh', value))).toEqual([
    '零',
    '十',
    '十一',
    '四十',
    '九十九',
  ]);
  expect(numberText('en', 40)).toBe('40');
});
