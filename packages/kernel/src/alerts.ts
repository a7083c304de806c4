import type { ErrorCode } from './errors.js';

/** The kinds of alerts. The alert routes of the configuration refer to them. */
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

/** A condition that operators are alerted about, identified by kind and subject until it has recovered. */
export interface AlertCondition {
  kind: AlertKind;
  /** For example a queue, an author or an error code. */
  subject: string;
  level: AlertLevel;
  /** One short line; `message` says what can be done. */
  title: string;
  message: string;
  /** The code of the underlying failure, if any. */
  code?: ErrorCode;
  /** Seconds without another `raise` after which it has recovered; absent if `recover` is called instead. */
  quietSeconds?: number;
}

/** Alerts operators. The methods never reject, so the original failure stays visible. */
export interface Alerts {
  raise(condition: AlertCondition): Promise<void>;
  recover(condition: Pick<AlertCondition, 'kind' | 'subject'>): Promise<void>;
}
