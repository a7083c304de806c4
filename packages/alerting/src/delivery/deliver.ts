import { asTexasError } from '@texas-ai/kernel';
import type { Delivery, DeliveryKey } from '../alert.js';
import type { Channel } from '../channels/channel.js';
import type { AlertRepository, DeliveryFailure } from '../repository.js';
import { messageOf } from './message.js';
import { type SlotDeps, waitForSlot } from './wait-for-slot.js';

// Delivery: one message about one alert to one channel, with retries.

export interface DeliverDeps extends SlotDeps {
  alerts: Pick<AlertRepository, 'claim' | 'sent' | 'failed'>;
  channels: readonly Channel[];
  /** Removes secrets from text. */
  redact(text: string): string;
}

/** Longer than the max wait for the rate limit (20 s) and the slowest channel (30 s) together. */
const leaseMs = 60_000;
const maxTries = 8;
/** In characters. */
const maxReason = 300;

/**
 * The delay before the next try: about 15 s, 1 min, 4 min, then 10 min. Null after eight tries if the alert is over.
 * While it is open, retries continue, so that the channel is notified once it works again.
 */
export function deliveryDelayMs(tries: number, isOpen: boolean): number | null {
  if (tries >= maxTries && !isOpen) return null;
  return Math.min(15_000 * 4 ** (Math.min(tries, maxTries) - 1), 600_000);
}

/**
 * Sends one message to one channel, unless it was sent or is being sent. A failure is retried later. A delivery that
 * exceeds the channel's rate limit or is aborted is postponed, which does not count as a try. A channel that is not
 * configured in this process is left to other processes. Rejects only if a call to `alerts` does.
 */
export async function deliver(
  deps: DeliverDeps,
  key: DeliveryKey,
  signal: AbortSignal,
): Promise<void> {
  const { alerts, logger } = deps;
  const channel = deps.channels.find(({ name }) => name === key.channel);
  // A claim would block the processes that have this channel.
  if (!channel) return;
  const delivery = await alerts.claim(key, leaseMs);
  if (!delivery) return;
  const { kind, subject } = delivery.alert;
  const fields = { channel: key.channel, phase: key.phase, kind, subject };
  const failure = await send(deps, channel, delivery, signal);
  if (!failure) {
    await alerts.sent(key);
    logger.info('alert sent', fields);
    return;
  }
  await alerts.failed(key, failure);
  const { error: reason, againMs, free } = failure;
  if (againMs === null) logger.error('alert not sent, giving up', { ...fields, reason });
  else if (!free) logger.warn('alert not sent, will be retried', { ...fields, reason, againMs });
}

/** Returns null on success. Never rejects. */
async function send(
  deps: DeliverDeps,
  channel: Channel,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryFailure | null> {
  try {
    const waitMs = await waitForSlot(deps, channel, signal);
    if (waitMs > 0) return { error: 'rate limit of the channel', againMs: waitMs, free: true };
    signal.throwIfAborted();
    await channel.send(messageOf(delivery), signal);
    return null;
  } catch (error) {
    if (signal.aborted) return { error: 'aborted', againMs: 0, free: true };
    const againMs = deliveryDelayMs(delivery.tries, delivery.alert.recoveredAt === null);
    return { error: reasonOf(error, deps.redact), againMs, free: false };
  }
}

/** Returns why a channel failed: our own message and its response, truncated only after redaction. */
export function reasonOf(failure: unknown, redact: (text: string) => string): string {
  const { message, details } = asTexasError(failure);
  const parts = [message, details.status, details.answer].filter((part) => part !== undefined);
  return redact(parts.join(' ').trim()).slice(0, maxReason);
}
