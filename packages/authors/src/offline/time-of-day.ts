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

/** 07:30-16:40 is bright in every season; outside of it nobody sees whether the sun shines. */
export function isDaylight(minute: MinuteOfDay): boolean {
  return minute >= 450 && minute < 1000;
}

/** Weather that keeps people indoors, or colours whatever they do outside. */
export function isRough(condition: WeatherCondition): boolean {
  return condition === 'rain' || condition === 'storm' || condition === 'snow';
}

/** Rain, snow and fog are noticed at any hour, sun and clouds by daylight only. */
export function isNoticed(condition: WeatherCondition, minute: MinuteOfDay): boolean {
  return isRough(condition) || condition === 'fog' || isDaylight(minute);
}

/** The temperature at a minute of the day in whole °C: lowest at 05:00, highest at 14:00. */
export function temperatureAt(minC: number, maxC: number, minute: MinuteOfDay): number {
  const distance = Math.min(Math.abs(minute - 840), 540);
  return Math.round(maxC - ((maxC - minC) * distance) / 540);
}
