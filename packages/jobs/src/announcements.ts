import { type Logger, TexasError } from '@texas-ai/kernel';
import type { OnProgress } from '@texas-ai/life';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { connectConsumer, untilReady } from './connection.js';

// Events published to all listening processes. Nothing is stored: after a reconnect a listener reads PostgreSQL.

const announcementSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('day.published'),
    character: z.string(),
    date: z.string(),
    generationId: z.string(),
    /** Whether no api can have an earlier day of this date in memory. */
    first: z.boolean().optional(),
  }),
  /** The day was deleted after its retention time. */
  z.object({ kind: z.literal('day.gone'), character: z.string(), date: z.string() }),
  z.object({ kind: z.literal('generation.progressed'), generationId: z.string() }),
  /** An api has clients that follow generations. Repeated at least every 10 s while it has. */
  z.object({ kind: z.literal('progress.followed') }),
  /** An author's cooldown started or ended; listeners read the cooldowns from the database. */
  z.object({ kind: z.literal('holds.changed') }),
]);

export type Announcement = z.infer<typeof announcementSchema>;

export interface Announcer {
  /** Rejects with `queue_unavailable`. */
  announce(announcement: Announcement): Promise<void>;
}

export interface Announcements {
  /** Resolves once every later announcement will be received. */
  ready(): Promise<void>;
  onAnnouncement(listener: (announcement: Announcement) => void): () => void;
  /** Called after a reconnect: announcements in between are lost. */
  onReconnect(listener: () => void): () => void;
  close(): Promise<void>;
}

const defaultChannel = 'texas:announcements';

export function makeAnnouncer({
  connection,
  channel = defaultChannel,
}: {
  /** A producer's connection, which fails at once while Redis is unavailable. */
  connection: Redis;
  channel?: string;
}): Announcer {
  return {
    async announce(announcement) {
      try {
        await connection.publish(channel, JSON.stringify(announcement));
      } catch (error) {
        throw new TexasError('queue_unavailable', 'The announcement could not be published.', {
          cause: error,
        });
      }
    },
  };
}

/** How long progress is announced after an api had followers, in milliseconds. */
const followedMs = 30_000;

/**
 * Announces progress while anybody follows it; for the first 30 s in any case. Does not wait, so that it
 * never delays a step.
 */
export function announceProgress({
  announcer,
  announcements,
  logger,
}: {
  announcer: Announcer;
  announcements: Pick<Announcements, 'onAnnouncement' | 'onReconnect'>;
  logger: Logger;
}): OnProgress {
  let followedUntil = 0;
  const follow = () => {
    followedUntil = performance.now() + followedMs;
  };
  follow();
  announcements.onReconnect(follow);
  announcements.onAnnouncement(({ kind }) => {
    if (kind === 'progress.followed') follow();
  });
  return (generationId) => {
    if (performance.now() > followedUntil) return;
    announcer
      .announce({ kind: 'generation.progressed', generationId })
      .catch((error) => logger.debug('progress not announced', { generationId, error }));
  };
}

/** Listens on its own connection, shared by all listeners. */
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
  /** Milliseconds between pings of the connection. */
  checkMs?: number;
  /** See `connectConsumer`. */
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

  // ioredis resubscribes automatically, but does not report when it is done.
  connection.on('ready', () => {
    connection.subscribe(channel).then(
      () => {
        if (subscribedBefore) for (const listener of reconnectListeners) listener();
        subscribedBefore = true;
      },
      (error) => logger.warn('subscribing to announcements failed', { error }),
    );
  });
  // A connection that only listens does not notice that the server is gone.
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

/** Null for an announcement of a kind that this release does not support. */
function parse(text: string): Announcement | null {
  try {
    return announcementSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
