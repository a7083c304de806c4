import type { AlertKind, AlertLevel, ErrorCode, Temporal } from '@texas-ai/kernel';

/** A trouble as it is kept. */
export interface Alert {
  id: string;
  kind: AlertKind;
  subject: string;
  level: AlertLevel;
  title: string;
  message: string;
  /** Of the failure behind it; null where there is none. */
  code: ErrorCode | null;
  /** How often it was raised. */
  count: number;
  openedAt: Temporal.Instant;
  lastSeenAt: Temporal.Instant;
  /** Over when it was not raised for so long; null where somebody says when it is. */
  quietSeconds: number | null;
  /** Null while it lasts. */
  recoveredAt: Temporal.Instant | null;
}

export type Phase = 'raised' | 'recovered';

/** One channel that is to be told of the beginning or the end of an alert. */
export interface DeliveryKey {
  alertId: string;
  channel: string;
  phase: Phase;
}

export interface Delivery extends DeliveryKey {
  /** How often it was tried, this time included. */
  tries: number;
  alert: Alert;
}
