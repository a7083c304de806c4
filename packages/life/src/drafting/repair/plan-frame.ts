import type { MinuteOfDay } from '@texas-ai/kernel';
import type { Profile } from '../../character/profile.js';
import type { MajorEventDay } from '../../day/major-event.js';

/** The hours that a plan covers, minutes since local midnight. */
export interface WakingHours {
  wake: MinuteOfDay;
  sleep: MinuteOfDay;
}

/** Whose day a draft is repaired into, and when she is awake. */
export interface PlanFrame extends WakingHours {
  profile: Profile;
  /** The major event of the day, if any: she sleeps at its lodging. */
  majorEvent?: MajorEventDay | null;
}
