import { type Channel, deliveryDelayMs, type Message, reasonOf } from '@texas-ai/alerting';
import type { Clock, Logger } from '@texas-ai/kernel';
import { makeLanes } from './keyed-queue.js';

export interface OutboxDeps {
  channels: readonly Channel[];
  /** Takes secrets out of what others said. */
  redact(text: string): string;
  clock: Clock;
  logger: Logger;
  /** What is under way is left when it is aborted. */
  signal: AbortSignal;
}

/** Messages that are kept in memory alone. */
export interface Outbox {
  /** Every channel is to be told; of the end of what it was never told of, nothing. */
  put(message: Message): void;
  /** Begins to tell each channel what it was not told yet, in order and beside the others. */
  empty(): void;
  /** Resolves when no channel is being told. */
  idle(): Promise<void>;
}

/**
 * What a channel does not take is tried again, later and later: a beginning until it is over, since the
 * network that takes PostgreSQL away often takes the channel as well, an end eight times.
 */
export function makeOutbox(deps: OutboxDeps): Outbox {
  const { channels, redact, clock, logger, signal } = deps;
  const lanes = makeLanes();
  const waiting = new Map(channels.map((channel) => [channel, [] as Letter[]]));

  async function tell(channel: Channel, letters: Letter[]): Promise<void> {
    for (let [first] = letters; first; [first] = letters) {
      if (clock.now().epochMilliseconds < first.dueMs) return;
      const fields = { channel: channel.name, title: first.message.title };
      first.sending = true;
      try {
        await channel.send(first.message, signal);
        logger.info('alert sent', fields);
      } catch (error) {
        first.sending = false;
        if (signal.aborted) return;
        first.tries += 1;
        const reason = reasonOf(error, redact);
        const againMs = deliveryDelayMs(first.tries, !first.message.over);
        if (againMs !== null) {
          first.dueMs = clock.now().epochMilliseconds + againMs;
          logger.warn('alert not sent, will be tried again', { ...fields, reason, againMs });
          return;
        }
        logger.error('alert not sent, given up', { ...fields, reason });
      }
      letters.shift();
    }
  }

  return {
    put(message) {
      for (const letters of waiting.values()) {
        // What is under way may arrive yet, and its end is to follow it.
        const untold = letters.findIndex(({ message, sending }) => !message.over && !sending);
        if (message.over && untold >= 0) letters.splice(untold, 1);
        else letters.push({ message, tries: 0, dueMs: 0, sending: false });
      }
    },
    empty() {
      for (const [channel, letters] of waiting) {
        lanes.begin(channel.name, () => tell(channel, letters));
      }
    },
    idle: lanes.idle,
  };
}

interface Letter {
  message: Message;
  tries: number;
  /** When it is tried next, in milliseconds since the epoch. */
  dueMs: number;
  sending: boolean;
}
