import { z } from 'zod';
import { majorEventKinds } from './profile.js';

/** 1-7 days of something larger in a character's life. */
export const majorEventSchema = z.object({
  kind: z.enum(majorEventKinds),
  title: z.string().min(1),
  objective: z.string().min(1),
  /** First local date, `YYYY-MM-DD`. */
  startDate: z.string(),
  days: z.number().int().min(1).max(7),
});

export type MajorEvent = z.infer<typeof majorEventSchema>;

/** A major event as seen from one of its days. */
export interface MajorEventDay extends MajorEvent {
  /** 1 on the first day, `days` on the last. */
  dayNumber: number;
}
