import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTime } from './plan-times.js';

describe('readTime', () => {
  test.each([
    ['08:00', 480],
    ['8:00', 480],
    ['8:5', 485],
    ['8', 480],
    ['9', 540],
    ['0', 0],
    [' 08:00 ', 480],
    ['08:00:00', 480],
    ['08:00:59.250', 480],
    ['T08:00', 480],
    ['24:00', 1440],
    ['25:30', 1530],
    ['47:59', 2879],
    ['8.30', 510],
    ['8.5', 510],
    ['8h', 480],
    ['8h30', 510],
    ['8 h 30 min', 510],
    ['20H15', 1215],
    ['0800', 480],
    ['930', 570],
    ['2359', 1439],
    ["8 o'clock", 480],
    ['~8:00', 480],
    ['about 8:15', 495],
    ['约8点', 480],
  ])('a clock: %s', (text, minute) => expect(readTime(text)).toBe(minute));

  test.each([
    ['8:00 AM', 480],
    ['8 am', 480],
    ['8 pm', 1200],
    ['8:15PM', 1215],
    ['8:00:00 p.m.', 1200],
    ['PM 3:30', 930],
    ['12:30am', 30],
    ['12 AM', 0],
    ['12 PM', 720],
    ['12:30 pm', 750],
    ['13:00 PM', 780],
    ['13:00 AM', 780],
    ['0:30 PM', 750],
    ['noon', 720],
    ['Midnight', 1440],
  ])('half a day: %s', (text, minute) => expect(readTime(text)).toBe(minute));

  test.each([
    ['８：００', 480],
    ['２０:３０', 1230],
    ['8∶30', 510],
    ['8点', 480],
    ['8點', 480],
    ['8时', 480],
    ['8点整', 480],
    ['8点钟', 480],
    ['8点30分', 510],
    ['8点05', 485],
    ['上午8点', 480],
    ['早上7:30', 450],
    ['清晨六点', 360],
    ['上午12点', 720],
    ['中午12点', 720],
    ['中午1点', 780],
    ['中午11点半', 690],
    ['中午', 720],
    ['正午', 720],
    ['下午3点半', 930],
    ['下午三点一刻', 915],
    ['下午三点三刻', 945],
    ['下午12点半', 750],
    ['下午 15:00', 900],
    ['傍晚6点', 1080],
    ['晚上11:30', 1410],
    ['晚上十一点半', 1410],
    ['晚上12点', 1440],
    ['晚上12点半', 1470],
    ['深夜1点', 60],
    ['凌晨1点', 60],
    ['凌晨12点', 0],
    ['午夜', 1440],
    ['二十三点零五分', 1385],
    ['两点', 120],
    ['〇点', 0],
    ['二十点五十分', 1250],
  ])('Chinese: %s', (text, minute) => expect(readTime(text)).toBe(minute));

  test.each([
    ['2026-11-23T08:00:00+08:00', 480],
    ['2026-11-23T08:00:00Z', 480],
    ['2026-11-23T20:15', 1215],
    ['2026-11-23 08:00', 480],
    ['2026/11/23 8:00 PM', 1200],
    ['2026-11-23T08:00:00+08:00[Asia/Shanghai]', 480],
    ['08:00+08', 480],
    ['次日1:30', 1530],
    ['第二天 00:30', 1470],
    ['next day 01:00', 1500],
    ['00:30 (+1)', 1470],
    ['01:00 (next day)', 1500],
    ['次日25:00', 1500],
  ])('with a date: %s', (text, minute) => expect(readTime(text)).toBe(minute));

  test.each([
    '',
    ' ',
    'soon',
    'pm',
    '上午',
    '8:60',
    '48:00',
    '-8:00',
    '8:00-9:00',
    '08:00:',
    '12345',
    '下午三点的时候',
    '2026-11-23',
    '\u0000',
    '99',
    `8:00${' '.repeat(100)}`,
  ])('garbage: %j', (text) => expect(readTime(text)).toBeUndefined());

  test.each(['__proto__', 'constructor', 'toString'])('%s is no time', (text) => {
    expect(readTime(text)).toBeUndefined();
  });

  test('anything gives whole minutes within two days, or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const minute = readTime(text);
        expect(
          minute === undefined || (Number.isInteger(minute) && minute >= 0 && minute < 2880),
        ).toBe(true);
      }),
    );
  });
});
