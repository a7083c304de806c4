import type { MinuteOfDay } from '@texas-ai/kernel';
import type { Profile } from '../character/profile.js';
import type { DayType } from './day-type.js';
import type { MajorEventDay } from './major-event.js';
import type { Plan, Slot } from './plan.js';
import type { Weather } from './weather.js';

/** All that an author is told to plan a day. */
export interface DayBrief {
  profile: Profile;
  /** Local calendar date, `YYYY-MM-DD`. */
  date: string;
  dayType: DayType;
  weather: Weather;
  majorEvent: MajorEventDay | null;
  /** What the live day before this one was like; null where there is none. */
  yesterday: Yesterday | null;
  /** The waking hours that the author plans, minutes since local midnight. */
  wake: MinuteOfDay;
  sleep: MinuteOfDay;
  /** 1 for the first generation of this date, 2 for the next…; seeds go (character, date, ordinal). */
  ordinal: number;
}

export interface Yesterday {
  date: string;
  summary: string;
  /** Titles of yesterday's waking items, in order. */
  titles: string[];
}

/** All that an author is told to write one chapter of a planned day. */
export interface ChapterBrief extends DayBrief {
  plan: Plan;
  /** 0-based position of this chapter, and how many the day has. */
  chapter: number;
  chapters: number;
  /** The slots to write, in order; `item` indexes `plan.items`. */
  slots: Slot[];
}
