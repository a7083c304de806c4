import { type Channel, deliveryDelayMs, type Message, reasonOf } from '@texas-ai/alerting';
import type { Clock, Logger } from '@texas-ai/kernel';
import { makeKeyedQueue } from './keyed-queue.js';

export interface OutboxDeps {
  channels: readonly Channel[];
  redact(text: string): string;
  clock: Clock;
  logger: Logger;
  /** Abandons the deliveries in progress when aborted. */
  signal: AbortSignal;
}

/** Undelivered messages of every channel, in memory only. */
export interface Outbox {
  /** Queues a message for every channel. A recovery cancels out an alert not yet sent. */
  put(message: Message): void;
  /** Starts to send what is due: in order on each channel, all channels concurrently. */
  flush(): void;
  /** Resolves once no message is being sent. */
  idle(): Promise<void>;
}

/**
 * Failed messages are retried with increasing delays: alerts until they are over, since an outage of
 * PostgreSQL often affects the channel as well; recoveries eight times.
 */
export function makeOutbox(deps: OutboxDeps): Outbox {
  const { channels, redact, clock, logger, signal } = deps;
  const queue = makeKeyedQueue();
  const outbox = new Map(channels.map((channel) => [channel, [] as QueuedMessage[]]));

  async function sendAll(channel: Channel, messages: QueuedMessage[]): Promise<void> {
    for (let [first] = messages; first; [first] = messages) {
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
          logger.warn('alert not sent, will be retried', { ...fields, reason, againMs });
          return;
        }
        logger.error('alert not sent, giving up', { ...fields, reason });
      }
      messages.shift();
    }
  }

  return {
    put(message) {
      for (const messages of outbox.values()) {
        // An alert being sent may still arrive and must be followed by its recovery.
        const unsent = messages.findIndex(({ message, sending }) => !message.over && !sending);
        if (message.over && unsent >= 0) messages.splice(unsent, 1);
        else messages.push({ message, tries: 0, dueMs: 0, sending: false });
      }
    },
    flush() {
      for (const [channel, messages] of outbox) {
        queue.run(channel.name, () => sendAll(channel, messages));
      }
    },
    idle: queue.idle,
  };
}

interface QueuedMessage {
  message: Message;
  tries: number;
  /** When to try next, in epoch milliseconds. */
  dueMs: number;
  sending: boolean;
}
