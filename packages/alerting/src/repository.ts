import type { AlertCondition, Temporal } from '@texas-ai/kernel';
import type { Alert, Delivery, DeliveryKey } from './alert.js';

/** Alerts that began or ended, and the deliveries to make. */
export interface AlertChanges {
  alerts: Alert[];
  deliveries: DeliveryKey[];
}

/** Retried after `againMs`, or given up if that is null. A `free` try does not count. */
export interface DeliveryFailure {
  error: string;
  againMs: number | null;
  free: boolean;
}

/** Stores alerts. Every method may reject with `storage_unavailable`. */
export interface AlertRepository {
  /** Opens an alert for these channels. If it is already open, only updates its count and texts, and returns no changes. */
  raise(condition: AlertCondition, channels: readonly string[]): Promise<AlertChanges>;
  /** Ends the alert, with deliveries to the channels that it was opened for. */
  recover(condition: Pick<AlertCondition, 'kind' | 'subject'>): Promise<AlertChanges>;
  /** Ends the alerts that were not raised for their `quietSeconds`. */
  recoverQuiet(now: Temporal.Instant): Promise<AlertChanges>;
  /** Rejects with `storage_unavailable` if the database rejects writes, as a replica or one with a full disk does. */
  assertWritable(): Promise<void>;
  /** Returns open alerts, newest first. */
  open(): Promise<Alert[]>;
  /** Returns the overdue deliveries to these channels, oldest first. */
  due(before: Temporal.Instant, limit: number, channels: readonly string[]): Promise<DeliveryKey[]>;
  /**
   * Leases a due delivery for `leaseMs`. Returns null if it is not due or leased, or if the message about the beginning
   * must be sent before the one about the end.
   */
  claim(key: DeliveryKey, leaseMs: number): Promise<Delivery | null>;
  sent(key: DeliveryKey): Promise<void>;
  failed(key: DeliveryKey, failure: DeliveryFailure): Promise<void>;
}
