/** The longest texts that are stored, in code points; what is longer is cut there. */
export const limits = {
  title: 120,
  location: 120,
  description: 1000,
  summary: 2000,
  content: 4000,
  thoughts: 2000,
  interaction: 1000,
} as const;

/** A day has no fewer and no more schedule items, sleep included. */
export const minItems = 8;
export const maxItems = 48;

/** Minutes that a waking item lasts at least. */
export const minItemMinutes = 5;
