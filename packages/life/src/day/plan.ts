import { z } from 'zod';
import { categories } from '../character/profile.js';
import { levels } from '../drafting/draft-fields.js';

const minute = z.number().int().min(0).max(1440);

/** One entry of the schedule. Times are minutes since local midnight, 0-1440. */
export const scheduleItemSchema = z.object({
  start: minute,
  end: minute,
  title: z.string().min(1),
  category: z.enum(categories),
  priority: z.enum(levels),
  asleep: z.boolean(),
  location: z.string().min(1),
  description: z.string(),
  companions: z.array(z.string()),
  weatherAffected: z.boolean(),
  emotionalTags: z.array(z.string()),
  interactionPotential: z.enum(levels),
});

/** The schedule of one day: items cover 00:00-24:00, contiguous and in order. */
export const planSchema = z.object({
  summary: z.string().min(1),
  items: z.array(scheduleItemSchema).min(1),
});

export type ScheduleItem = z.infer<typeof scheduleItemSchema>;
export type Plan = z.infer<typeof planSchema>;

/** 5-30 minutes of a waking item. Times are minutes since local midnight. */
export const slotSchema = z.object({
  /** Index of its item in the plan. */
  item: z.number().int().min(0),
  start: minute,
  end: minute,
  /** Whether the character wants to send a message in it. */
  wantsInteraction: z.boolean(),
});

export type Slot = z.infer<typeof slotSchema>;

/** The slots of consecutive items, written in one author call. */
export interface Chapter {
  /** 0-based. */
  position: number;
  slots: Slot[];
}
