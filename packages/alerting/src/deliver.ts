import type { Delivery, DeliveryKey } from './alert.js';
import type { Channel } from './channel.js';
import { messageOf } from './message.js';
import { reasonOf } from './reason.js';
import type { AlertRepository, DeliveryFailure } from './repository.js';
import { type PlaceDeps, waitForPlace } from './wait-for-place.js';

export interface DeliverDeps extends PlaceDeps {
  alerts: Pick<AlertRepository, 'claim' | 'sent' | 'failed'>;
  channels: readonly Channel[];
  /** Takes secrets out of what others said. */
  redact(text: string): string;
}

/** Longer than the wait for a place, 20 s and some for asking, and the slowest channel, 30 s, together. */
const leaseMs = 60_000;
const mostTries = 8;

/**
 * About 15 s, 1, 4 and then 10 minutes. What is over is given up after eight tries; of a trouble that
 * lasts a channel is told whenever it works again.
 */
export function deliveryDelayMs(tries: number, lasts: boolean): number | null {
  if (tries >= mostTries && !lasts) return null;
  return Math.min(15_000 * 4 ** (Math.min(tries, mostTries) - 1), 600_000);
}

/**
 * Tells one channel, unless it was told already or somebody else is at it. What does not succeed is
 * tried again later; what has no place in the channel's pace soon, or is stopped by `signal`, later as
 * well and at no cost. A channel that is not configured here is left for whoever has it. Rejects with
 * what `alerts` rejects with, and with nothing else.
 */
export async function deliver(
  deps: DeliverDeps,
  key: DeliveryKey,
  signal: AbortSignal,
): Promise<void> {
  const { alerts, logger } = deps;
  const channel = deps.channels.find(({ name }) => name === key.channel);
  // To claim it would keep it from those who have the channel.
  if (!channel) return;
  const delivery = await alerts.claim(key, leaseMs);
  if (!delivery) return;
  const { kind, subject } = delivery.alert;
  const fields = { channel: key.channel, phase: key.phase, kind, subject };
  const failure = await tell(deps, channel, delivery, signal);
  if (!failure) {
    await alerts.sent(key);
    logger.info('alert sent', fields);
    return;
  }
  await alerts.failed(key, failure);
  const { error: reason, againMs, free } = failure;
  if (againMs === null) logger.error('alert not sent, given up', { ...fields, reason });
  else if (!free)
    logger.warn('alert not sent, will be tried again', { ...fields, reason, againMs });
}

/** Answers null where the channel took it, and never rejects. */
async function tell(
  deps: DeliverDeps,
  channel: Channel,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryFailure | null> {
  try {
    const waitMs = await waitForPlace(deps, channel, signal);
    if (waitMs > 0) return { error: 'waits for its turn', againMs: waitMs, free: true };
    signal.throwIfAborted();
    await channel.send(messageOf(delivery), signal);
    return null;
  } catch (error) {
    if (signal.aborted) return { error: 'was stopped', againMs: 0, free: true };
    const againMs = deliveryDelayMs(delivery.tries, delivery.alert.recoveredAt === null);
    return { error: reasonOf(error, deps.redact), againMs, free: false };
  }
}
