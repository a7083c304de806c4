/** Keys of PostgreSQL's advisory locks, one for each kind of work that only one process may do at a time. */
export const advisoryLocks = {
  migrate: 7_239_001,
  reconcile: 7_239_002,
  watch: 7_239_003,
  backup: 7_239_004,
  prune: 7_239_005,
  forecast: 7_239_006,
  'check-authors': 7_239_007,
} as const;

/** First key of the locks on database names. Locks with two keys never collide with those with one. */
export const databaseNameLock = 7_239_002;
