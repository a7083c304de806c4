import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Announcements, Announcer } from '@texas-ai/jobs';
import { type Logger, TexasError } from '@texas-ai/kernel';
import { progressOf, type Store } from '@texas-ai/life';
import { makeProgressStream, type ProgressStream } from './progress-stream.js';

/** All event streams of this process, served by one subscription and batched reads. */
export interface ProgressStreams {
  /**
   * Follows a generation until it ends, the client leaves or the stream is closed. Rejects with
   * `generation_not_found` or `storage_unavailable` before anything is sent.
   */
  follow(
    request: IncomingMessage,
    response: ServerResponse,
    client: { generationId: string; keyId: string },
  ): Promise<void>;
  /** Closes the streams of a key. */
  closeOf(keyId: string): void;
  closeAll(): void;
  /** The number of open streams. */
  size(): number;
  /** Sends heartbeats and reads all followed generations, in case an announcement was lost. */
  tick(): void;
  close(): void;
}

interface Follower {
  stream: ProgressStream;
  /** Called after each read of the generation; a failure of the first read rejects `follow`. */
  onRead(failure?: TexasError): void;
}

const tickMs = 10_000;
const maxBatch = 500;

export function makeProgressStreams(deps: {
  store: Pick<Store, 'generations' | 'checkpoints'>;
  announcements: Pick<Announcements, 'onAnnouncement' | 'onReconnect'>;
  announcer: Announcer;
  logger: Logger;
}): ProgressStreams {
  const { store, announcements, announcer, logger } = deps;
  /** By generation. */
  const followers = new Map<string, Set<Follower>>();
  const unread = new Set<string>();
  let reading = false;
  let closed = false;

  const unsubscribe = [
    announcements.onAnnouncement((announcement) => {
      if ('generationId' in announcement) read([announcement.generationId]);
    }),
    announcements.onReconnect(() => read(followers.keys())),
  ];
  const timer = setInterval(tick, tickMs).unref();

  /** Reads these generations once the current read has ended; repeated requests are merged. */
  function read(ids: Iterable<string>): void {
    for (const id of ids) if (followers.has(id)) unread.add(id);
    if (!reading) void readAll();
  }

  async function readAll(): Promise<void> {
    reading = true;
    while (unread.size > 0) {
      const ids = [...unread].slice(0, maxBatch);
      for (const id of ids) unread.delete(id);
      try {
        await readAndSend(ids);
      } catch (error) {
        logger.warn('progress cannot be read', { generations: ids.length, error });
        const failure = new TexasError('storage_unavailable', 'The database is unavailable.', {
          cause: error,
        });
        for (const id of ids) reportRead(id, failure);
      }
    }
    reading = false;
  }

  function reportRead(id: string, failure?: TexasError): void {
    for (const { onRead } of followers.get(id) ?? []) onRead(failure);
  }

  async function readAndSend(ids: readonly string[]): Promise<void> {
    // In this order, so that a published generation has all of its chapters below.
    const generations = await store.generations.findAll(ids);
    const written = await store.checkpoints.writtenChapters(ids);
    for (const generation of generations) {
      const events = progressOf(generation, written.get(generation.id) ?? []);
      for (const { stream } of followers.get(generation.id) ?? []) stream.send(events);
      reportRead(generation.id);
    }
    const missing = ids.filter((id) => !generations.some((generation) => generation.id === id));
    for (const id of missing) reportRead(id, generationNotFound());
  }

  /** Makes all processes announce progress from now on. Never rejects. */
  async function announceFollowers(): Promise<void> {
    if (followers.size === 0) return;
    await announcer
      .announce({ kind: 'progress.followed' })
      .catch((error) => logger.debug('followers not announced', { error }));
  }

  function tick(): void {
    void announceFollowers();
    for (const { stream } of all()) stream.heartbeat();
    read(followers.keys());
  }

  function* all(): Generator<Follower> {
    for (const group of followers.values()) yield* group;
  }

  return {
    async follow(request, response, { generationId, keyId }) {
      // A client that has left already will not emit `close` again.
      if (response.destroyed || request.socket.destroyed) return;
      const stream = makeProgressStream(request, response, keyId);
      await new Promise<void>((resolve, reject) => {
        let first = true;
        const follower: Follower = {
          stream,
          onRead(failure) {
            if (first && failure) leave(failure);
            else resolve();
            first = false;
          },
        };
        const group = followers.get(generationId) ?? new Set();
        followers.set(generationId, group.add(follower));
        function leave(failure?: TexasError): void {
          group.delete(follower);
          if (group.size === 0 && followers.get(generationId) === group) {
            followers.delete(generationId);
          }
          if (failure) reject(failure);
          else resolve();
        }
        response.once('close', () => leave());
        // In this order, so that no progress falls between the two.
        void announceFollowers().then(() => read([generationId]));
      });
      if (closed) stream.close();
    },
    closeOf(keyId) {
      for (const { stream } of [...all()]) if (stream.keyId === keyId) stream.close();
    },
    closeAll() {
      closed = true;
      for (const { stream } of [...all()]) stream.close();
    },
    size: () => [...all()].length,
    tick,
    close() {
      clearInterval(timer);
      for (const end of unsubscribe) end();
    },
  };
}

export function generationNotFound(): TexasError {
  return new TexasError('generation_not_found', 'There is no generation with this id.', {
    details: { field: 'id' },
  });
}
