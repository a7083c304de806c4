import type { MinuteOfDay } from '@texas-ai/kernel';

/** A part of the day, such as 下午 or `pm`, which distinguishes the two halves of the clock. */
export interface DayPart {
  /** Alternatives of a regular expression. */
  words: string;
  /** The minute of the day of a clock time in this part; undefined if the two contradict each other. */
  minuteOf(clock: MinuteOfDay): MinuteOfDay | undefined;
  /** The minute that the words name without a clock time, if there is only one. */
  alone?: MinuteOfDay;
}

/** Clock times in [`from`, `before`), and the minutes to add to them. */
type Reading = readonly [from: number, before: number, add: number];

function part(words: string, readings: readonly Reading[], alone?: MinuteOfDay): DayPart {
  const minuteOf = (clock: MinuteOfDay) => {
    const reading = readings.find(([from, before]) => from <= clock && clock < before);
    return reading && clock + reading[2];
  };
  return { words, minuteOf, ...(alone === undefined ? {} : { alone }) };
}

const twoDays = 2880;

/** 上午12点 is noon, 凌晨12点 the start of the day, 晚上12点 its end; 深夜1点 is an hour after the start. */
export const dayParts: readonly DayPart[] = [
  part('凌晨|淩晨', [
    [0, 420, 0],
    [720, 780, -720],
  ]),
  part('大?清早|清晨|早晨|早上|早间|早間|今早|今晨|黎明|早|朝|(?:in the |this )?morning', [
    [0, 720, 0],
  ]),
  part('上午|午前', [[0, 780, 0]]),
  part('a\\.? ?m\\.?', [
    [0, 720, 0],
    [720, 780, -720],
  ]),
  part(
    '中午|正午|午间|午間|晌午|(?:at )?(?:noon|midday)',
    [
      [60, 240, 720],
      [600, 960, 0],
    ],
    720,
  ),
  part('下午|午后|午後|p\\.? ?m\\.?|(?:in the |this )?afternoon', [
    [0, 720, 720],
    [720, 1440, 0],
  ]),
  part('傍晚|黄昏|黃昏|夕方', [
    [180, 540, 720],
    [900, 1260, 0],
  ]),
  part('(?:in the |this )?evening', [
    [240, 720, 720],
    [960, 1441, 0],
  ]),
  // 晚上4点 could be 16:00 or 04:00.
  part('晚上|晚间|晚間|夜晚|今晚|当晚|當晚|晚|tonight', [
    [0, 240, 0],
    [300, 780, 720],
    [1020, twoDays, 0],
  ]),
  part('夜间|夜間|夜里|夜裡|夜裏|夜', [
    [0, 360, 0],
    [420, 780, 720],
    [1080, twoDays, 0],
  ]),
  // 5 at night could be 05:00 or 17:00.
  part('(?:at )?night', [
    [0, 300, 0],
    [360, 780, 720],
    [1080, twoDays, 0],
  ]),
  part('深夜|半夜', [
    [0, 360, 0],
    [540, 780, 720],
    [1260, twoDays, 0],
  ]),
  part(
    '午夜|(?:at )?midnight',
    [
      [0, 360, 0],
      [720, 780, 720],
      [1380, twoDays, 0],
    ],
    1440,
  ),
];
