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

/** A condition that operators are alerted to, identified by kind and subject until it is over. */
export interface AlertCondition {
  kind: AlertKind;
  /** What it is about: a queue, an author, a code. */
  subject: string;
  level: AlertLevel;
  /** One short line, and what a person can do about it. */
  title: string;
  message: string;
  /** Of the underlying failure, if there is one. */
  code?: ErrorCode;
  /** Recovers once not raised for this long; absent if `recover` ends it. */
  quietSeconds?: number;
}

/** Alerts operators. Neither method rejects, so the original failure stays visible. */
export interface Alerts {
  raise(condition: AlertCondition): Promise<void>;
  recover(condition: Pick<AlertCondition, 'kind' | 'subject'>): Promise<void>;
}
