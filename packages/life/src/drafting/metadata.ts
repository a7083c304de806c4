import { readTime } from '../times/read-time.js';
import { stripTimeWords } from '../times/time-words.js';
import { isBlank } from './blank-text.js';

// Metadata that models add to the objects they are asked for: an id, an ordinal, the date, the time of a slot.

const digits = '[\\d一二三四五六七八九十]+';
const ordinalNouns = 'text|slot|item|entry|part|no|number|scene|chapter|section|activity|step';
const unit = 'm|mins?|minutes?|h|hrs?|hours?|°c?|%|分|分[钟鐘]|个?小时|個?小時|[钟鐘][头頭]';

const patterns: readonly RegExp[] = [
  // 1 · 2026-11-27 · 8-9
  /^[\p{N}\p{P}\s~+]*$/u,
  // item-1 · slot_a · 3f2b9c
  /^[\w.:#-]*[\d_][\w.:#-]*$/,
  // Slot 3 · 第三段 · 时段3 · first
  new RegExp(`^(?:${ordinalNouns})[. ]*#?\\d+$`),
  new RegExp(`^第${digits}(?:[个個条條段项項]|个时段|個時段)?$|^(?:时段|時段)${digits}$`),
  /^(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)$/,
  // 15 minutes · 1.5小时
  new RegExp(`^[\\d.,-]+ ?(?:${unit})$`),
  // zh-CN · success
  /^(?:zh|en|ja|ko)(?:-[a-z]+)*$|^(?:ok|success|completed?|done)$/,
];

/** Whether a text is blank or only metadata: an id, ordinal, number, duration, date, time, language or status. */
export function isMetadata(text: string): boolean {
  const plain = text.normalize('NFKC').trim().toLowerCase();
  if (isBlank(plain) || patterns.some((pattern) => pattern.test(plain)) || isTime(plain))
    return true;
  // Friday, Nov 27 · 上午; but a single character, such as 早, may be a greeting.
  return plain.length > 1 && stripTimeWords(plain, 'start').rest === '';
}

/** Whether a text is a time of day or a range of times. */
export function isTime(text: string): boolean {
  return readTime(text, 'start') !== undefined || readTime(text, 'end') !== undefined;
}
