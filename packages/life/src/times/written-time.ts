import type { MinuteOfDay } from '@texas-ai/kernel';
import { readClock } from './clock-times.js';
import { type Edge, type Stripped, withoutWords } from './time-words.js';

/** A time as written: its clock time, null where there is only a word such as `noon`, and the words around it. */
export interface WrittenTime extends Stripped {
  clock: MinuteOfDay | null;
}

export function parseTime(text: string, edge: Edge): WrittenTime | undefined {
  const stripped = withoutWords(text, edge);
  if (stripped.rest === '')
    return stripped.parts.length > 0 ? { ...stripped, clock: null } : undefined;
  const clock = readClock(stripped.rest);
  return clock === undefined ? undefined : { ...stripped, clock };
}

/** Undefined where the words contradict the clock time or each other, or name no minute by themselves. */
export function minuteOf({ clock, parts, nextDay }: WrittenTime): MinuteOfDay | undefined {
  const readings = parts.map((part) => (clock === null ? part.alone : part.minuteOf(clock)));
  const [minute, ...others] = new Set(parts.length === 0 && clock !== null ? [clock] : readings);
  if (minute === undefined || others.length > 0) return undefined;
  return nextDay && minute < 1440 ? minute + 1440 : minute;
}
