import type { AlertCondition, Temporal } from '@texas-ai/kernel';
import type { Alert, Delivery, DeliveryKey } from './alert.js';

/** Which alerts began or ended, and who is to be told. */
export interface Changed {
  alerts: Alert[];
  deliveries: DeliveryKey[];
}

/** It is tried again after `againMs`, never where that is null; `free` makes the try not count. */
export interface DeliveryFailure {
  error: string;
  againMs: number | null;
  free: boolean;
}

/** Where alerts are kept. Every method may reject with `storage_unavailable`. */
export interface AlertRepository {
  /**
   * Opens an alert for these channels, or counts the one that is open and renews its words, where
   * nothing has changed.
   */
  raise(trouble: AlertCondition, channels: readonly string[]): Promise<Changed>;
  /** Ends the alert; what is to be delivered goes to the channels that are told of it. */
  recover(trouble: Pick<AlertCondition, 'kind' | 'subject'>): Promise<Changed>;
  /** Ends the alerts that have been quiet for as long as they said. */
  recoverQuiet(now: Temporal.Instant): Promise<Changed>;
  /**
   * Rejects with `storage_unavailable` where the database answers and rejects writes, as a replica does,
   * or one whose disk is full.
   */
  assertWritable(): Promise<void>;
  /** Those that last, newest first. */
  open(): Promise<Alert[]>;
  /** What should have been delivered to these channels by now, oldest first. */
  due(before: Temporal.Instant, limit: number, channels: readonly string[]): Promise<DeliveryKey[]>;
  /**
   * Takes a delivery that is due, for `leaseMs`: nobody else takes it meanwhile. Null where there is
   * nothing to do, also while the beginning of a trouble is to be told before its end.
   */
  claim(key: DeliveryKey, leaseMs: number): Promise<Delivery | null>;
  sent(key: DeliveryKey): Promise<void>;
  failed(key: DeliveryKey, failure: DeliveryFailure): Promise<void>;
}
