import type { ErrorCode } from './errors.js';

/** What operators are warned of. Routes of the configuration name these. */
export const alertKinds = [
  'generation_failed',
  'generation_fell_back',
  'day_missing',
  'author_unauthorized',
  'author_model_unavailable',
  'author_quota_unavailable',
  'author_balance_exhausted',
  'author_location_unsupported',
  'author_exhausted',
  'budget_spent',
  'queue_waits',
  'no_worker',
  'redis_away',
  'redis_evicts',
  'database_away',
  'slow_step',
  'backup_failed',
  'backup_bad',
] as const;

export type AlertKind = (typeof alertKinds)[number];

export type AlertLevel = 'warning' | 'error';

/** A trouble. The same kind and subject is the same trouble until it is over. */
export interface AlertCondition {
  kind: AlertKind;
  /** What it is about: a queue, an author, a code. */
  subject: string;
  level: AlertLevel;
  /** One short line, and what a person can do about it. */
  title: string;
  message: string;
  /** Of the failure behind it, where there is one. */
  code?: ErrorCode;
  /** Over when it was not raised for so many seconds; absent where `recover` says when. */
  quietSeconds?: number;
}

/** Warns operators. Neither method rejects: whoever is in trouble has enough of it. */
export interface Alerts {
  raise(trouble: AlertCondition): Promise<void>;
  recover(trouble: Pick<AlertCondition, 'kind' | 'subject'>): Promise<void>;
}
