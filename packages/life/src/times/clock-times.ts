import type { MinuteOfDay } from '@texas-ai/kernel';

// Clock times without a word for the part of the day: 8:05, 8h05, 0805, 八点零五分.

const hour = String.raw`(?<hour>\d{1,2})`;
const offset = String.raw`(?:z|\+\d{2}(?::?\d{2})?)?`;
const dot = `${hour}[点點时時]`;
const minutes = String.raw`(?<minute>\d{2}|\d(?=分))(?:分(?:[钟鐘鍾]|[0-5]?\d秒)?[整正]?)?`;
const quarters = '(?<part>[123]刻)[钟鐘鍾]?';

/** Each captures `hour`, and optionally `minute` or `part` (of an hour); with `before`, that is subtracted. */
const forms: readonly RegExp[] = [
  // 8:05 · 08:05:00.000+08:00 · 8:05分; 8:5 could be 8:05 or 8:50.
  // Without a date and seconds, a negative offset could be the end of a range.
  `t?${hour}:(?<minute>\\d{2}|\\d(?=分))(?::[0-5]\\d(?:[.,]\\d+)?)?${offset}(?:分| ?h(?:rs|ours)?)?`,
  `t${hour}:(?<minute>\\d{2}):[0-5]\\d(?:\\.\\d+)?-\\d{2}:\\d{2}`,
  // 8 · 8 o'clock; a bare number above 24 is not an hour
  '(?<hour>[01]?\\d|2[0-4])',
  `${hour} ?o ?'? ?clock`,
  // 8h · 8h30 · 8 h 30 min
  `${hour} ?h(?:rs?)?(?: ?(?<minute>\\d{2}) ?(?:m|mins?)?)?`,
  // 8.30, and 8.5 as half past; 8.3 could be either
  `${hour}\\.(?:(?<minute>\\d{2})|(?<part>5))`,
  // 0800 · 930 · 0800 hrs
  '(?<hour>[01]?\\d|2[0-4])(?<minute>\\d{2})(?: ?h(?:rs|ours)?)?',
  // 8点 · 8点整 · 8点05 · 8点5分 · 8点30分00秒 · 8点半 · 8点一刻; 8点5 could be 8:05 or 8:50
  `${dot}[钟鐘鍾]?[整正]?`,
  `${dot}[过過]?${minutes}`,
  `${dot}[钟鐘鍾]?[过過]?(?<part>半|[123]刻)[钟鐘鍾]?`,
  // 8点差5分 · 差一刻8点
  `${dot}(?<before>差)(?:(?<minute>\\d{1,2})分[钟鐘鍾]?|${quarters})`,
  `(?<before>差)(?:(?<minute>\\d{1,2})分[钟鐘鍾]?|${quarters})${dot}[钟鐘鍾]?`,
  // half past 8 · a quarter to 9 · 5 past 8; 5 to 9 could be a range
  `(?<part>half) past ${hour}`,
  `(?:a )?(?<part>quarter) (?:past|after|(?<before>to|before)) ${hour}`,
  `(?<minute>\\d{1,2}) (?:minutes? )?(?:past|after) ${hour}`,
  `(?<minute>\\d{1,2}) minutes? (?<before>to|before) ${hour}`,
].map((form) => new RegExp(`^(?:${form})$`));

const partMinutes: Readonly<Record<string, number>> = {
  半: 30,
  half: 30,
  5: 30,
  '1刻': 15,
  '2刻': 30,
  '3刻': 45,
  quarter: 15,
};

/** Parses a clock time: minutes since midnight, 0-2879 (`25:30` is 1530); undefined for any other text. */
export function readClock(written: string): MinuteOfDay | undefined {
  const text = inDigits(written);
  for (const form of forms) {
    const groups = form.exec(text)?.groups;
    if (!groups) continue;
    const { part } = groups;
    const past = part === undefined ? Number(groups.minute ?? 0) : (partMinutes[part] ?? 60);
    if (Number(groups.hour) >= 48 || past >= 60) return undefined;
    const minute = Number(groups.hour) * 60 + (groups.before === undefined ? past : -past);
    return minute < 0 ? undefined : minute;
  }
  return undefined;
}

/** Whether the text is a bare number, which may be an hour or something else. */
export function isBareNumber(written: string): boolean {
  return /^\d+$/.test(inDigits(written));
}

function inDigits(text: string): string {
  // 8 点 30 分 means 8点30分.
  const joined = text.replace(/(?<=\p{Script=Han}) +| +(?=\p{Script=Han})/gu, '');
  return replaceEnglishNumbers(replaceNumerals(joined));
}

const chineseDigits = '零一二三四五六七八九';

/** Turns numerals below 100 into digits: 三 becomes 3, 零5 05, 二五 25, 二〇 20, 十 10, 廿三 23. */
function replaceNumerals(text: string): string {
  return text
    .replaceAll('〇', '零')
    .replace(/廿(?=[一二三四五六七八九])/g, '二十')
    .replace(/(?<![\d零一二三四五六七八九十])零(?=\d(?!\d))/g, '0')
    .replace(
      /(?<!\d)[零一二两兩三四五六七八九十]+(?!\d)/g,
      (written, at: number, whole: string) => {
        const numeral = written.replace(/^[两兩]$/, '二');
        const digits = (signs: string) =>
          [...signs].map((sign) => chineseDigits.indexOf(sign)).join('');
        if (/^[零一二三四五六七八九]{1,2}$/.test(numeral)) {
          const before = whole.slice(0, at);
          const after = whole.slice(at + written.length);
          return isNumber(numeral, before, after) ? digits(numeral) : written;
        }
        const tens = /^([二三四五六七八九]?)十([一二三四五六七八九]?)$/.exec(numeral);
        return tens ? `${digits(tens[1] || '一')}${digits(tens[2] || '零')}` : written;
      },
    );
}

/**
 * Whether one or two digits are a single number. 二三点 means “two or three o'clock” and 八点三四分 “three or four
 * minutes past eight”: two digits are one number only with a zero or as minutes, as in 二〇点, 八点三四 and 八点二五分.
 */
function isNumber(numeral: string, before: string, after: string): boolean {
  if (numeral.length === 1 || numeral.includes('零')) return true;
  return /[点點时時:][过過]?$/.test(before) && !(after.startsWith('分') && isEstimate(numeral));
}

/** Chinese estimates with neighbouring digits and with 三五 (“a few”). */
function isEstimate(numeral: string): boolean {
  return chineseDigits.includes(numeral) || numeral === '三五';
}

const numbers = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const numberWord = new RegExp(`\\b(?:${numbers.join('|')})\\b`, 'g');

function replaceEnglishNumbers(text: string): string {
  return text.replace(numberWord, (word) => String(numbers.indexOf(word) + 1));
}
