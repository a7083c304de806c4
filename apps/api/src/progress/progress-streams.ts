import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Announcements } from '@texas-ai/jobs';
import { type Logger, TexasError } from '@texas-ai/kernel';
import { progressOf, type Store } from '@texas-ai/life';
import { makeProgressStream, type ProgressStream } from './progress-stream.js';

/** All clients that follow generations, by one subscription and few reads for all of them. */
export interface ProgressStreams {
  /**
   * Follows a generation until it ends, the client leaves or the stream is closed. Rejects, with
   * nothing sent yet, with `generation_not_found` or `storage_unavailable`.
   */
  follow(
    request: IncomingMessage,
    response: ServerResponse,
    who: { generationId: string; keyId: string },
  ): Promise<void>;
  closeOf(keyId: string): void;
  closeAll(): void;
  /** How many are open. */
  size(): number;
  /** Heartbeats, and a look at every generation in case an announcement got lost. */
  tick(): void;
  close(): void;
}

interface Following {
  stream: ProgressStream;
  /** Told of each look at the generation; only the first one may refuse the client. */
  looked(failure?: TexasError): void;
}

const tickMs = 10_000;
/** Most generations of one read. */
const batch = 500;

export function makeProgressStreams(deps: {
  store: Pick<Store, 'generations' | 'checkpoints'>;
  announcements: Pick<Announcements, 'onAnnouncement' | 'onReconnect'>;
  logger: Logger;
}): ProgressStreams {
  const { store, announcements, logger } = deps;
  const open = new Map<string, Set<Following>>();
  const unseen = new Set<string>();
  let looking = false;
  let closed = false;

  const stopListening = [
    announcements.onAnnouncement((each) => {
      if ('generationId' in each) look([each.generationId]);
    }),
    announcements.onReconnect(() => look(open.keys())),
  ];
  const timer = setInterval(tick, tickMs).unref();

  /** Reads these generations as soon as the reading under way is done, however often it is asked. */
  function look(ids: Iterable<string>): void {
    for (const id of ids) if (open.has(id)) unseen.add(id);
    if (!looking) void lookAll();
  }

  async function lookAll(): Promise<void> {
    looking = true;
    while (unseen.size > 0) {
      const ids = [...unseen].slice(0, batch);
      for (const id of ids) unseen.delete(id);
      try {
        await tellOf(ids);
      } catch (error) {
        logger.warn('progress cannot be read', { generations: ids.length, error });
        const away = new TexasError('storage_unavailable', 'The database is away.', {
          cause: error,
        });
        for (const id of ids) for (const { looked } of open.get(id) ?? []) looked(away);
      }
    }
    looking = false;
  }

  async function tellOf(ids: readonly string[]): Promise<void> {
    // In this order: a generation that is told to be published has all its chapters below.
    const generations = await store.generations.findAll(ids);
    const written = await store.checkpoints.writtenChapters(ids);
    for (const generation of generations) {
      const events = progressOf(generation, written.get(generation.id) ?? []);
      for (const { stream, looked } of open.get(generation.id) ?? []) {
        stream.tell(events);
        looked();
      }
    }
    const missing = ids.filter((id) => !generations.some((generation) => generation.id === id));
    for (const id of missing) {
      for (const { looked } of open.get(id) ?? []) looked(notFound());
    }
  }

  function tick(): void {
    for (const { stream } of all()) stream.heartbeat();
    look(open.keys());
  }

  function* all(): Generator<Following> {
    for (const some of open.values()) yield* some;
  }

  return {
    async follow(request, response, { generationId, keyId }) {
      // Who has left already would never be heard of again.
      if (response.destroyed || request.socket.destroyed) return;
      const stream = makeProgressStream(request, response, keyId);
      await new Promise<void>((resolve, reject) => {
        let first = true;
        const following: Following = {
          stream,
          looked(failure) {
            if (first && failure) leave(failure);
            else resolve();
            first = false;
          },
        };
        const some = open.get(generationId) ?? new Set();
        open.set(generationId, some.add(following));
        function leave(failure?: TexasError): void {
          some.delete(following);
          if (some.size === 0 && open.get(generationId) === some) open.delete(generationId);
          if (failure) reject(failure);
          else resolve();
        }
        response.once('close', () => leave());
        look([generationId]);
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
      for (const stop of stopListening) stop();
    },
  };
}

function notFound(): TexasError {
  return new TexasError('generation_not_found', 'There is no generation of this id.', {
    details: { field: 'id' },
  });
}
