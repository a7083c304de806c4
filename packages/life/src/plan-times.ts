// Times of day as authors write them. Everything is read as local wall time, just as it is
// written: an offset behind it is ignored, since the author was told the character's local time.

const hour = String.raw`(?<hour>\d{1,2})`;
const offset = String.raw`(?:z|[+-]\d{2}(?::?\d{2})?)?(?:\[[\w/+-]+\])?`;

/** Each names `hour`, and perhaps `minute` or `tenths` (of an hour). */
const clockForms = [
  // 8:00 · 08:00:00 · 8:00:00.000+08:00[Asia/Shanghai]
  new RegExp(`^t?${hour}:(?<minute>\\d{1,2})(?::\\d{2}(?:\\.\\d+)?)?${offset}$`),
  // 8 · 8 o'clock · 8h · 8h30 · 8 h 30 min
  new RegExp(`^${hour}(?: ?o'clock)?$`),
  new RegExp(`^${hour} ?h(?: ?(?<minute>\\d{2}))?(?: ?min)?$`),
  // 8.30, and 8.5 as half past
  new RegExp(`^${hour}\\.(?:(?<minute>\\d{2})|(?<tenths>\\d))$`),
  // 0800 · 930
  /^(?<hour>\d{1,2})(?<minute>\d{2})$/,
  // 8点 · 8点30分 · 8时30 · 8点半 · 8点1刻 · 8点整
  new RegExp(`^${hour} ?[点點时時](?:整|钟)?(?:(?<minute>\\d{1,2})分?|(?<part>半|[13]刻))?$`),
];

const partMinutes: Readonly<Record<string, number>> = { 半: 30, '1刻': 15, '3刻': 45 };

const fixedWords: Readonly<Record<string, number>> = {
  noon: 720,
  midday: 720,
  正午: 720,
  中午: 720,
  midnight: 1440,
  午夜: 1440,
};

/** The half of the day that a word in front of the time, or am and pm around it, puts it in. */
const halves = [
  { words: ['凌晨', '清晨', '早晨', '早上', '上午', '早'], toMinute: (m: number) => m },
  { words: ['中午', '正午'], toMinute: (m: number) => (m < 240 ? m + 720 : m) },
  { words: ['下午', '午后', '傍晚'], toMinute: (m: number) => (m < 720 ? m + 720 : m) },
  { words: ['晚上', '夜晚', '夜里', '深夜', '半夜', '午夜', '今晚', '晚'], toMinute: nightMinute },
] as const;

/**
 * Reads a time of day in any form that authors are known to write: `08:00`, `8`, `8:00 AM`,
 * `8h30`, `0800`, `8.30`, `下午3点半`, `２０：００`, an ISO date-time. Minutes since midnight, 0-2879:
 * `25:30` and `次日1:30` are 1530. Undefined for anything else.
 */
export function readTime(text: string): number | undefined {
  if (text.length > 64) return undefined;
  const plain = withDigits(text.normalize('NFKC').replaceAll('∶', ':').trim().toLowerCase())
    .replace(/^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:t| +)/, '')
    .replace(/^(?:about|around|大约|约|[~≈])\s*/, '');
  const nextDay = /^(?:次日|第2天|翌日|next day)\s*|\s*\(?(?:next day|\+1)\)?$/;
  const time = readHalf(plain.replace(nextDay, ''));
  if (time === undefined || !nextDay.test(plain)) return time;
  return time < 1440 ? time + 1440 : time;
}

function readHalf(text: string): number | undefined {
  const fixed = Object.hasOwn(fixedWords, text) ? fixedWords[text] : undefined;
  if (fixed !== undefined) return fixed;
  for (const { words, toMinute } of halves) {
    const word = words.find((each) => text.startsWith(each));
    if (word === undefined) continue;
    const minute = readClock(text.slice(word.length).trim());
    if (minute === undefined) return undefined;
    // 凌晨12点 is midnight; 上午12点 is how noon is written.
    return word === '凌晨' && minute >= 720 && minute < 780 ? minute - 720 : toMinute(minute);
  }
  const marked = /^(?:(?<before>[ap])\.?m\.? ?)?(?<clock>.*?)(?: ?(?<after>[ap])\.?m\.?)?$/.exec(
    text,
  );
  const minute = readClock(marked?.groups?.clock ?? '');
  const mark = marked?.groups?.before ?? marked?.groups?.after;
  if (minute === undefined || mark === undefined) return minute;
  // 13:00 PM says the same twice, and 13:00 AM can only mean 13:00.
  if (mark === 'p') return minute < 720 ? minute + 720 : minute;
  return minute >= 720 && minute < 780 ? minute - 720 : minute;
}

function readClock(text: string): number | undefined {
  for (const form of clockForms) {
    const groups = form.exec(text)?.groups;
    if (!groups) continue;
    const minutes =
      Number(groups.minute ?? 0) +
      Number(groups.tenths ?? 0) * 6 +
      (partMinutes[groups.part ?? ''] ?? 0);
    const hours = Number(groups.hour);
    return hours < 48 && minutes < 60 ? hours * 60 + minutes : undefined;
  }
  return undefined;
}

/** 晚上8点 is 20:00, 晚上12点 the end of the day, and 深夜1点 an hour after it began. */
function nightMinute(minute: number): number {
  if (minute >= 720 && minute < 780) return minute + 720;
  return minute >= 300 && minute < 720 ? minute + 720 : minute;
}

/** 三 becomes 3, 十二 12, 二十三 23, 五十 50. */
function withDigits(text: string): string {
  return text.replace(/[零〇一二两三四五六七八九十]+/g, (numeral) => {
    const [tens, ones] = numeral.includes('十') ? numeral.split('十', 2) : ['零', numeral];
    return String((tens === '' ? 1 : digit(tens)) * 10 + digit(ones));
  });
}

/** The last digit of a numeral, so that 零五 (as in 8点零五) is 5; nothing is 0. */
function digit(numeral = ''): number {
  const last = numeral.at(-1);
  return last === '两' ? 2 : Math.max(0, '零一二三四五六七八九'.indexOf(last ?? '零'));
}
