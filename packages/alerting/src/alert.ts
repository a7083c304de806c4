import type { AlertKind, AlertLevel, ErrorCode, Temporal } from '@texas-ai/kernel';

/** A stored alert. */
export interface Alert {
  id: string;
  kind: AlertKind;
  subject: string;
  level: AlertLevel;
  title: string;
  message: string;
  /** The code of the failure that caused it; null if there is none. */
  code: ErrorCode | null;
  /** The number of times it was raised. */
  count: number;
  openedAt: Temporal.Instant;
  lastSeenAt: Temporal.Instant;
  /** It ends when it was not raised for this long; null if it is ended explicitly. */
  quietSeconds: number | null;
  /** Null while it is open. */
  recoveredAt: Temporal.Instant | null;
}

export type Phase = 'raised' | 'recovered';

/** Identifies the message to one channel about the beginning or the end of an alert. */
export interface DeliveryKey {
  alertId: string;
  channel: string;
  phase: Phase;
}

export interface Delivery extends DeliveryKey {
  /** The number of tries, including this one. */
  tries: number;
  alert: Alert;
}
