import type { Temporal } from '@texas-ai/kernel';

export const dayTypes = ['workday', 'weekend', 'holiday'] as const;
export type DayType = (typeof dayTypes)[number];

/** Saturday and Sunday are the weekend; holidays are not known yet. */
export function dayTypeOf(date: Temporal.PlainDate): DayType {
  return date.dayOfWeek >= 6 ? 'weekend' : 'workday';
}
