import { type MinuteOfDay, parseMinute } from '@texas-ai/kernel';
import { readRange } from './time-ranges.js';
import { minuteOf, parseTime, type TimeField } from './time-words.js';

// Times of day as authors write them. Everything is read as local wall time, just as it is
// written: a UTC offset is ignored, since the author was told the character's local time.

/** Longer texts are not times. */
const maxTimeLength = 64;

/**
 * Reads a time of day in any form that authors are known to write: `08:00`, `8`, `8:00 AM`, `8h30`,
 * `0800`, `8.30`, `下午3点半`, `二十点`, `２０：００`, an ISO date-time, with a date, weekday, `左右` or
 * `about`, in quotes. Of a range, the first time is the start and the last the end. Returns minutes since
 * midnight, 0-2879 (`25:30` and `次日1:30` are 1530), or undefined where the text is ambiguous or unknown.
 */
export function readTime(text: string, edge: TimeField = 'start'): MinuteOfDay | undefined {
  const strict = parseMinute(text);
  if (strict !== undefined || text.length > maxTimeLength) return strict;
  const plain = normalizeTime(text);
  const [, outside = '', inside = ''] = /^(.+?) ?\((.+)\)$/.exec(plain) ?? [];
  const again = parseTime(inside, edge);
  if (again && again.clock !== null) {
    // 15:30 (下午3点半) gives the time twice; other brackets hold words about the time.
    const minute = readNormalized(outside, edge);
    return minute === minuteOf(again) ? minute : undefined;
  }
  return readNormalized(plain.replace(/ ?[()] ?/g, ' ').trim(), edge);
}

function readNormalized(text: string, edge: TimeField): MinuteOfDay | undefined {
  const time = parseTime(text, edge);
  return (time && minuteOf(time)) ?? readRange(text, edge);
}

/** Normalises width, letter case, colons, dashes and brackets; drops invisible characters and outer quotes. */
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
