import { type Channel, type Message, reasonOf } from '@texas-ai/alerting';
import type { Logger } from '@texas-ai/kernel';
import { makeLanes } from './lanes.js';

export interface OutboxDeps {
  channels: readonly Channel[];
  /** Takes secrets out of what others said. */
  redact(text: string): string;
  logger: Logger;
  /** What is under way is left when it is aborted. */
  signal: AbortSignal;
}

/** Messages that are kept in memory alone. */
export interface Outbox {
  /** Every channel is to be told. */
  put(message: Message): void;
  /** Begins to tell each channel what it was not told yet, in order and beside the others. */
  empty(): void;
  /** Resolves when no channel is being told. */
  idle(): Promise<void>;
}

const mostTries = 8;

/** What a channel does not take is tried again when the outbox is emptied next, eight times in all. */
export function makeOutbox({ channels, redact, logger, signal }: OutboxDeps): Outbox {
  const lanes = makeLanes();
  const waiting = new Map(channels.map((channel) => [channel, [] as Letter[]]));

  async function tell(channel: Channel, letters: Letter[]): Promise<void> {
    for (let [first] = letters; first; [first] = letters) {
      const fields = { channel: channel.name, title: first.message.title };
      try {
        await channel.send(first.message, signal);
        logger.info('alert sent', fields);
      } catch (error) {
        if (signal.aborted) return;
        first.tries += 1;
        const reason = reasonOf(error, redact);
        if (first.tries < mostTries) {
          logger.warn('alert not sent, will be tried again', { ...fields, reason });
          return;
        }
        logger.error('alert not sent, given up', { ...fields, reason });
      }
      letters.shift();
    }
  }

  return {
    put(message) {
      for (const letters of waiting.values()) letters.push({ message, tries: 0 });
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
}
