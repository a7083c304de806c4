import type { MinuteOfDay } from '@texas-ai/kernel';
import type { Profile } from '../character/profile.js';
import type { DayType } from './day-type.js';
import type { MajorEventDay } from './major-event.js';
import type { Plan, Slot } from './plan.js';
import type { Weather } from './weather.js';

/** Whose day is written, and which. Everything random is seeded by (character, date, ordinal). */
export interface DaySubject {
  profile: Profile;
  /** Local calendar date, `YYYY-MM-DD`. */
  date: string;
  /** 1 for the first generation of this date, 2 for the next, … */
  ordinal: number;
}

/** The circumstances of a day, stored with its plan. */
export interface StoredBrief {
  dayType: DayType;
  weather: Weather;
  majorEvent: MajorEventDay | null;
  /** An outline of the live day before; null if there is none. */
  yesterday: Yesterday | null;
  /** The waking hours that the author plans, minutes since local midnight. */
  wake: MinuteOfDay;
  sleep: MinuteOfDay;
}

export interface Yesterday {
  date: string;
  summary: string;
  /** Titles of yesterday's waking items, in order. */
  titles: string[];
}

/** What an author plans a day from. */
export interface DayBrief extends DaySubject, StoredBrief {}

/** What an author writes one chapter of a planned day from. */
export interface ChapterBrief extends DayBrief {
  plan: Plan;
  /** 0-based position of this chapter, and the number of chapters of the day. */
  chapter: number;
  chapters: number;
  /** The slots to write, in order; `item` indexes `plan.items`. */
  slots: Slot[];
}
