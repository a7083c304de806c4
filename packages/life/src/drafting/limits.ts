/** The maximum length of stored texts, in code points; longer texts are cut. */
export const limits = {
  title: 120,
  location: 120,
  description: 1000,
  summary: 2000,
  content: 4000,
  thoughts: 2000,
  interaction: 1000,
} as const;

/** The number of schedule items of a day, sleep included. */
export const minItems = 8;
export const maxItems = 48;

/** The minimum duration of a waking item. */
export const minItemMinutes = 5;
