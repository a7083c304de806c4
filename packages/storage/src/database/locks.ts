import type { ExclusiveWork } from '@texas-ai/life';

/** Numbers of PostgreSQL's advisory locks, any that nothing else locks. */
export const locks: Readonly<Record<ExclusiveWork | 'forecast', number>> = {
  reconcile: 7_239_002,
  watch: 7_239_003,
  backup: 7_239_004,
  prune: 7_239_005,
  forecast: 7_239_006,
  'check-authors': 7_239_007,
};
