import type { MinuteOfDay } from '@texas-ai/kernel';
import type { TimeOfDay, WeatherCondition } from '@texas-ai/life';

const ends: readonly (readonly [MinuteOfDay, TimeOfDay])[] = [
  [480, 'dawn'],
  [690, 'morning'],
  [810, 'noon'],
  [1050, 'afternoon'],
  [1140, 'dusk'],
];

export function timeOfDayAt(minute: MinuteOfDay): TimeOfDay {
  return ends.find(([end]) => minute < end)?.[1] ?? 'night';
}

/** 07:30-16:40, when it is light in every season. */
export function isDaylight(minute: MinuteOfDay): boolean {
  return minute >= 450 && minute < 1000;
}

/** Weather that keeps people indoors or affects what they do outdoors. */
export function isRough(condition: WeatherCondition): boolean {
  return condition === 'rain' || condition === 'storm' || condition === 'snow';
}

/** Rain, snow and fog are noticeable at any hour, sun and clouds only by daylight. */
export function isNoticeable(condition: WeatherCondition, minute: MinuteOfDay): boolean {
  return isRough(condition) || condition === 'fog' || isDaylight(minute);
}

/** The temperature at a minute of the day in whole °C: lowest at 05:00, highest at 14:00. */
export function temperatureAt(minC: number, maxC: number, minute: MinuteOfDay): number {
  const distance = Math.min(Math.abs(minute - 840), 540);
  return Math.round(maxC - ((maxC - minC) * distance) / 540);
}
