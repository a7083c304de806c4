import { type MinuteOfDay, parseMinute } from '@texas-ai/kernel';
import { readRange } from './time-ranges.js';
import { minuteOf, parseTime, type TimeField } from './time-words.js';

// Times of day as authors write them, always read as local time: a UTC offset is ignored, since the
// prompt gives the character's local time.

/** In characters; longer texts are not times. */
const maxTimeLength = 64;

/**
 * Reads a time of day in any form that authors are known to write: `08:00`, `8`, `8:00 AM`, `8h30`,
 * `0800`, `8.30`, `下午3点半`, `二十点`, `２０：００`, an ISO date-time; with a date, a weekday, `左右` or
 * `about`; in quotes. `field` selects one of the two times of a range. Returns minutes since midnight,
 * 0-2879 (`25:30` and `次日1:30` are 1530), or undefined if the text is ambiguous or not a time.
 */
export function readTime(text: string, field: TimeField = 'start'): MinuteOfDay | undefined {
  const strict = parseMinute(text);
  if (strict !== undefined || text.length > maxTimeLength) return strict;
  const plain = normalizeTime(text);
  const [, outside = '', inside = ''] = /^(.+?) ?\((.+)\)$/.exec(plain) ?? [];
  const again = parseTime(inside, field);
  if (again && again.clock !== null) {
    // 15:30 (下午3点半) has the time twice; in other cases the brackets contain words about the time.
    const minute = readNormalized(outside, field);
    return minute === minuteOf(again) ? minute : undefined;
  }
  return readNormalized(plain.replace(/ ?[()] ?/g, ' ').trim(), field);
}

function readNormalized(text: string, field: TimeField): MinuteOfDay | undefined {
  const time = parseTime(text, field);
  return (time && minuteOf(time)) ?? readRange(text, field);
}

/** Normalizes width, letter case, colons, dashes and brackets; removes invisible characters and outer quotes. */
function normalizeTime(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[∶꞉ː˸]/g, ':')
    .replace(/[‘’ʼ]/g, "'")
    .replace(/[‐-―−]/g, '-')
    .replace(/[〜∼]/g, '~')
    .replace(/\[[\w+-]+\/[\w/+-]+\]$/, '')
    .replace(/[[【〔]/g, '(')
    .replace(/[\]】〕]/g, ')')
    .replace(/\s+/g, ' ')
    .replace(/ ?: ?/g, ':')
    .replace(/^[ "'“`´「『«*_]+|[ "'”`´」』»*_.,;。、;]+$/g, '')
    .toLowerCase();
}
