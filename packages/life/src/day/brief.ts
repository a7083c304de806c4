import type { Profile } from '../character/profile.js';
import type { DayType } from './day-type.js';
import type { MajorEventDay } from './major-event.js';
import type { Plan, Slot } from './plan.js';
import type { WakingHours } from './waking-hours.js';
import type { Weather } from './weather.js';

/** The character and the date of a day. Everything random is seeded by (character, date, ordinal). */
export interface DaySubject {
  profile: Profile;
  /** Local calendar date, `YYYY-MM-DD`. */
  date: string;
  /** 1 for the first generation of this date, 2 for the next, … */
  ordinal: number;
}

/** The circumstances of a day, stored with its plan. */
export interface StoredBrief extends WakingHours {
  dayType: DayType;
  weather: Weather;
  majorEvent: MajorEventDay | null;
  /** An outline of yesterday's live day; null if there is none. */
  yesterday: Yesterday | null;
}

export interface Yesterday {
  date: string;
  summary: string;
  /** Titles of yesterday's waking items, in order. */
  titles: string[];
}

/** The material from which an author plans a day. */
export interface DayBrief extends DaySubject, StoredBrief {}

/** The material from which an author writes one chapter of a planned day. */
export interface ChapterBrief extends DayBrief {
  plan: Plan;
  /** 0-based position of this chapter, and the number of chapters of the day. */
  chapter: number;
  chapters: number;
  /** The slots to write, in order; `item` indexes `plan.items`. */
  slots: Slot[];
}
