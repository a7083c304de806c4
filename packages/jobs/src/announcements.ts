import { type Logger, TexasError } from '@texas-ai/kernel';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { connectConsumer, untilReady } from './connection.js';

// What happened, told to every process that listens. Nothing is kept for those who do not: whoever
// comes back asks PostgreSQL.

const announcementSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('day.published'),
    character: z.string(),
    date: z.string(),
    generationId: z.string(),
  }),
  /** It was too old to be kept. */
  z.object({ kind: z.literal('day.gone'), character: z.string(), date: z.string() }),
  z.object({ kind: z.literal('generation.progressed'), generationId: z.string() }),
  /** An author rests, or works again: look which. */
  z.object({ kind: z.literal('holds.changed') }),
]);

export type Announcement = z.infer<typeof announcementSchema>;

export interface Announcer {
  /** Rejects with `queue_unavailable` where Redis does not take it. */
  announce(announcement: Announcement): Promise<void>;
}

export interface Announcements {
  /** Resolves once nothing that is announced from now on is missed. */
  ready(): Promise<void>;
  onAnnouncement(listener: (announcement: Announcement) => void): () => void;
  /** Told when the connection is back: what was announced meanwhile is lost. */
  onReconnect(listener: () => void): () => void;
  close(): Promise<void>;
}

const defaultChannel = 'texas:announcements';

export function makeAnnouncer({
  connection,
  channel = defaultChannel,
}: {
  /** Fails at once while Redis is away. */
  connection: Redis;
  channel?: string;
}): Announcer {
  return {
    async announce(announcement) {
      try {
        await connection.publish(channel, JSON.stringify(announcement));
      } catch (error) {
        throw new TexasError('queue_unavailable', 'Redis does not take announcements.', {
          cause: error,
        });
      }
    },
  };
}

/** Listens by one connection of its own, however many listeners there are. */
export function listenToAnnouncements({
  url,
  logger,
  channel = defaultChannel,
  checkMs = 5_000,
  silenceMs,
}: {
  url: string;
  logger: Logger;
  channel?: string;
  /** How often the connection is asked whether it is alive, in milliseconds. */
  checkMs?: number;
  /** As connectConsumer has it. */
  silenceMs?: number;
}): Announcements {
  const listeners = new Set<(announcement: Announcement) => void>();
  const reconnectListeners = new Set<() => void>();
  const connection = connectConsumer({
    url,
    logger,
    ...(silenceMs !== undefined && { silenceMs }),
  });
  let subscribedBefore = false;

  // ioredis subscribes again by itself, but only this says when that is done.
  connection.on('ready', () => {
    connection.subscribe(channel).then(
      () => {
        if (subscribedBefore) for (const listener of reconnectListeners) listener();
        subscribedBefore = true;
      },
      (error) => logger.warn('announcements cannot be heard', { error }),
    );
  });
  // Nobody who only listens notices that the other side is gone.
  const check = setInterval(() => {
    if (connection.status === 'ready') connection.ping().catch(() => undefined);
  }, checkMs).unref();
  connection.on('message', (_channel, text) => {
    const announcement = parse(text);
    if (announcement) for (const listener of listeners) listener(announcement);
  });

  return {
    async ready() {
      await untilReady(connection);
      await connection.subscribe(channel);
    },
    onAnnouncement: (listener) => register(listeners, listener),
    onReconnect: (listener) => register(reconnectListeners, listener),
    async close() {
      clearInterval(check);
      listeners.clear();
      reconnectListeners.clear();
      connection.disconnect();
    },
  };
}

function register<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Null for what this release does not know. */
function parse(text: string): Announcement | null {
  try {
    return announcementSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
