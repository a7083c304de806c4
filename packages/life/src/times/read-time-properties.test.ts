import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTime } from './read-time.js';

const two = (value: number) => String(value).padStart(2, '0');
const digits = '零一二三四五六七八九';
/** 二十三 · 十 · 五 */
function numeral(value: number): string {
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  const ten = tens === 0 ? '' : `${tens === 1 ? '' : digits[tens]}十`;
  return value === 0 ? '零' : `${ten}${ones === 0 ? '' : digits[ones]}`;
}
/** 二三 · 一〇 · 〇五; as an hour, only with a zero. */
const spelled = (value: number) =>
  [...two(value)].map((each) => '〇一二三四五六七八九'[Number(each)]).join('');
const wide = (text: string) =>
  text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));

/** The hour on a 12-hour clock, and the part of the day in Chinese and English. */
const twelve = (h: number) => (h % 12 === 0 ? 12 : h % 12);
const half = (h: number) => (h < 12 ? 'AM' : 'PM');
const part = (h: number) =>
  h < 6 ? '凌晨' : h < 12 ? '上午' : h < 13 ? '中午' : h < 18 ? '下午' : '晚上';

/** Ways of writing an hour and a minute; null if one cannot express them. */
const writings: ((h: number, m: number) => string | null)[] = [
  (h, m) => `${two(h)}:${two(m)}`,
  (h, m) => `${h}:${two(m)}`,
  (h, m) => `${two(h)}:${two(m)}:00`,
  (h, m) => `${two(h)}${two(m)}`,
  (h, m) => `${h}.${two(m)}`,
  (h, m) => `${h}h${two(m)}`,
  (h, m) => `${twelve(h)}:${two(m)} ${half(h)}`,
  (h, m) => `${two(twelve(h))}:${two(m)}${half(h).toLowerCase()}`,
  (h, m) => `${half(h)} ${twelve(h)}:${two(m)}`,
  (h, m) => `2026-11-27T${two(h)}:${two(m)}:00+08:00`,
  (h, m) => `${h}点${two(m)}分`,
  (h, m) => `${h} 點 ${m} 分`,
  (h, m) => `${h}時${two(m)}`,
  (h, m) => `${numeral(h)}点${numeral(m)}分`,
  (h, m) => (m === 0 ? `${numeral(h)}点整` : m < 10 ? `${numeral(h)}点零${numeral(m)}` : null),
  (h, m) => (spelled(h).includes('〇') ? `${spelled(h)}点${spelled(m)}` : null),
  (h, m) => `${numeral(h)}点${spelled(m)}`,
  (h, m) => `${part(h)}${twelve(h)}点${two(m)}`,
  (h, m) => `${part(h)}${numeral(twelve(h))}點${numeral(m)}分`,
  (h, m) => `${twelve(h)}:${two(m)}（${part(h)}）`,
  (h, m) => (m === 30 ? `${numeral(h)}点半` : null),
  (h, m) => (m > 0 && m % 15 === 0 ? `${h}点${numeral(m / 15)}刻` : null),
  (h, m) => (m === 0 ? `${h}点` : null),
  (h, m) => (m === 0 ? `${twelve(h)} ${half(h).toLowerCase()}` : null),
  (h, m) => (m >= 45 && h < 23 ? `差${numeral(60 - m)}分${numeral(h + 1)}点` : null),
];

/** Decorations that do not change a time. */
const decorations: ((time: string) => string)[] = [
  (time) => time,
  (time) => ` ${time}\n`,
  (time) => `“${time}”`,
  (time) => `"${time}"`,
  (time) => `${time}。`,
  (time) => `${time}左右`,
  (time) => `约${time}`,
  (time) => `about ${time}`,
  (time) => `~${time}`,
  (time) => `\u200b${time}\u200e`,
  (time) => `（${time}）`,
  (time) => `周五 ${time}`,
  (time) => `星期五${time}`,
  (time) => `Friday, ${time}`,
  (time) => `2026年11月27日 ${time}`,
  (time) => `11月27日，${time}`,
  (time) => `今天${time}`,
  (time) => `at ${time}`,
  (time) => `${time} (local time)`,
  (time) => `时间：${time}`,
  wide,
];

describe('every minute of the day', () => {
  test.each(writings.map((write, i) => [write(20, 45) ?? write(20, 30) ?? write(20, 0), i]))(
    'is read in the form %s, with any decoration',
    (_example, index) => {
      const write = writings[Number(index)];
      for (let minute = 0; minute < 1440; minute += 1) {
        const time = write?.(Math.floor(minute / 60), minute % 60) ?? null;
        if (time === null) continue;
        const decorate = decorations[Math.floor(minute / 3) % decorations.length];
        const decorated = minute % 3 === 0 ? decorate?.(time) : undefined;
        for (const text of [time, decorated ?? time]) {
          // With 晚上 and 凌晨, midnight may be at either end of the day.
          const read = readTime(text);
          expect([text, read === 1440 + (minute % 60) && minute < 60 ? minute : read]).toEqual([
            text,
            minute,
          ]);
        }
      }
    },
  );

  test('is read as one of the two times of a range', () => {
    const minute = fc.nat({ max: 1439 });
    const way = fc.constantFrom(...writings);
    const joint = fc.constantFrom('-', ' - ', '–', '—', '~', '～', '至', '到', ' to ', ' → ');
    const written = (write: (typeof writings)[number], at: number) =>
      write(Math.floor(at / 60), at % 60);
    let read = 0;
    let forwards = 0;
    fc.assert(
      fc.property(minute, minute, way, joint, (from, to, write, joint) => {
        const [first, last] = [written(write, from), written(write, to)];
        fc.pre(first !== null && last !== null);
        const range = `${first}${joint}${last}`;
        const [start, end] = [readTime(range, 'start'), readTime(range, 'end')];
        if (start !== undefined) expect([range, start % 1440]).toEqual([range, from]);
        if (end !== undefined) expect([range, end % 1440]).toEqual([range, to]);
        if (from >= to) return;
        forwards += 1;
        if (start !== undefined && end !== undefined) read += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(0.9 * forwards);
  });
});

describe('any text', () => {
  /** Pieces of times by kind: Number, Dot (点), Fen (分), Half, Quarter, part of the day (A), other words (W, X). */
  const pieces = Object.entries({
    N: ['8', '08', '11', '23', '59', '5', '05', '十', '二十', '两', '五', '二五', '零五'],
    ':': [':', '：'],
    D: ['点', '點', '时'],
    F: ['分'],
    H: ['半'],
    Q: ['一刻'],
    A: ['下午', '上午'],
    W: ['左右', '整', '约'],
    X: ['前', 'x', '多', '/', '秒'],
  }).flatMap(([kind, texts]) => texts.map((text) => ({ kind, text })));
  const chinese: Record<string, number> = { 十: 10, 二十: 20, 两: 2, 五: 5, 二五: 25, 零五: 5 };

  /** The only reading of the pieces, or undefined. */
  function tableOf(of: typeof pieces): number | undefined {
    const kinds = of
      .map(({ kind }) => kind)
      .join('')
      .replaceAll('W', '');
    const [hour = 0, minute = 0] = of.flatMap(({ kind, text }) =>
      kind === 'N' ? [chinese[text] ?? Number(text)] : [],
    );
    const afternoon = of.some(({ text }) => text === '下午') && hour < 12 ? 720 : 0;
    if (/^A*N(?:D|DNF?|:N(?::N)?F?)?A*$/.test(kinds)) return 60 * hour + minute + afternoon;
    if (/^A*NDHA*$/.test(kinds)) return 60 * hour + 30 + afternoon;
    return /^A*NDQA*$/.test(kinds) ? 60 * hour + 15 + afternoon : undefined;
  }

  test('made of pieces of times is read as their only reading, or rejected', () => {
    let read = 0;
    const isNumeral = (sign = '') => /[\d零二两五十]/.test(sign);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }), (of) => {
        // Adjacent numbers would form another number.
        const joined = of.some(
          ({ text }, i) => isNumeral(text.at(-1)) && isNumeral(of[i + 1]?.text[0]),
        );
        fc.pre(!joined);
        const text = of.map((each) => each.text).join('');
        const minute = readTime(text);
        if (minute === undefined) return;
        read += 1;
        expect([text, minute]).toEqual([text, tableOf(of)]);
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(300);
  });

  test('with two adjacent Chinese digits is not an hour; any other numeral is', () => {
    const numerals = fc.constantFrom(...'零〇一二两三四五六七八九十');
    const hour = fc.array(numerals, { minLength: 1, maxLength: 3 }).map((signs) => signs.join(''));
    const before = fc.constantFrom('', '上午', '下午', '晚上', '夜里', '约', '周五 ', '今天');
    const after = fc.constantFrom('点', '点钟', '點', '时', '点半', '点左右', '点一刻', ':00', '');
    const edge = fc.constantFrom('start' as const, 'end' as const);
    let read = 0;
    fc.assert(
      fc.property(before, hour, after, edge, (before, hour, after, edge) => {
        const minute = readTime(before + hour + after, edge);
        if (minute === undefined) return;
        read += 1;
        expect(hour).not.toMatch(/[一二两三四五六七八九]{2}/);
        const [tens = '', ones = ''] = hour.split('十');
        const value = (sign: string) => Math.max(0, digits.indexOf(sign.replace('两', '二')));
        const shown = hour.includes('十')
          ? 10 * (tens === '' ? 1 : value(tens)) + value(ones)
          : Number([...hour.replaceAll('〇', '零')].map(value).join(''));
        expect([hour, Math.floor(minute / 60) % 12]).toEqual([hour, shown % 12]);
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(300);
  });

  test('is read as an integer minute within two days, or rejected', () => {
    const sign = fc.constantFrom(
      ...'0123456789:：点點半刻分上下午晚凌晨次日周五到-~至amp.hT+ 〇二三十两差',
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(sign, { maxLength: 12 }).map((signs) => signs.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('start' as const, 'end' as const), (text, edge) => {
        const minute = readTime(text, edge);
        if (minute === undefined) return;
        expect(Number.isInteger(minute) && minute >= 0 && minute < 2880).toBe(true);
        // The minute is a number in the text, or the meaning of a word.
        const words = ['半', '刻', '差', '.5'].some((word) =>
          text.normalize('NFKC').includes(word),
        );
        const numbers =
          text
            .normalize('NFKC')
            .match(/\d+/g)
            ?.map((each) => Number(each.slice(-2))) ?? [];
        const chinese = /[零〇一二两三四五六七八九十]/.test(text);
        expect(words || chinese || minute % 60 === 0 || numbers.includes(minute % 60)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
