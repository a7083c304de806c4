/**
 * Of BullMQ: a day that a person asked for comes before those of the night. Chapters have none, which
 * is first: days are finished before new ones begin.
 */
export const planPriority = { person: 1, night: 10 } as const;
