import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { makeGeminiAuthor, makeOfflineAuthor } from '@texas-ai/authors';
import { type Config, readCharacterFiles, secretsOf } from '@texas-ai/config';
import {
  type Announcer,
  type Consumer,
  connectConsumer,
  connectProducer,
  keepReporting,
  makeAnnouncer,
  makeConsumer,
  makeFleet,
  makeProducer,
  openQueues,
  type Producer,
  type QueueName,
  tellProgress,
  untilReady,
} from '@texas-ai/jobs';
import { type Logger, makeOwner, type Owner, systemClock, TexasError } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorName,
  type Authors,
  type CharacterRecord,
  characterRecords,
  type OnProgress,
  type Store,
  type WeatherSource,
} from '@texas-ai/life';
import { makeLogger } from '@texas-ai/logging';
import {
  type Database,
  makeReadCache,
  makeStore,
  openDatabase,
  type ReadCache,
} from '@texas-ai/storage';
import { makeWeather } from '@texas-ai/weather';
import { around } from './around.js';
import { makeHandlers } from './handlers/index.js';
import { makeSettle } from './settle.js';

/** The repository's root, which holds `config/`. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type WorkerConfig = Config<string, string>;

export interface WorkerDeps {
  /** Names this process in the log and among the workers of the fleet. */
  id: string;
  config: WorkerConfig;
  logger: Logger;
  database: Database;
  store: Store;
  steps: Producer;
  authors: Authors;
  weather: WeatherSource;
  /** To drop from it; this process reads nothing through it. */
  cache: ReadCache;
  announcer: Announcer;
  onProgress: OnProgress;
  characters: CharacterRecord[];
  /** Begins to work the queues; resolves when every one of them is worked. */
  work(): Promise<Consumer>;
  owner: Owner;
}

/** Wires the worker. Throws `config_invalid` where a profile is broken. */
export function makeDeps(config: WorkerConfig): WorkerDeps {
  const owner = makeOwner();
  const characters = characterRecords(readCharacterFiles(root));
  const logger = owner.own(
    makeLogger({
      service: 'worker',
      level: config.logging.level,
      format: config.logging.format,
      secrets: secretsOf(config),
    }),
    (each) => each.close(),
  );
  const database = owner.own(
    openDatabase({ ...config.database, applicationName: 'texas-worker', logger }),
    (each) => each.destroy(),
  );
  const { url } = config.redis;
  const producing = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const queues = owner.own(openQueues({ connection: producing, logger }), (each) => each.close());
  const steps = makeProducer(queues);
  const caching = owner.own(connectProducer({ url: config.redis.cacheUrl, logger }), (each) =>
    each.disconnect(),
  );
  const cache = owner.own(
    makeReadCache({ connection: caching, logger, memoryEntries: 0 }),
    (each) => each.close(),
  );
  const announcer = makeAnnouncer({ connection: producing });
  const written = makeAuthors(config);
  const store = makeStore(database);
  const deps = {
    id: randomBytes(4).toString('hex'),
    config,
    logger,
    database,
    store,
    steps,
    authors: written.find,
    weather: makeWeather({ ...config.weather, logger }),
    cache,
    announcer,
    onProgress: tellProgress(announcer, logger),
    characters,
    owner,
  };
  return {
    ...deps,
    async work() {
      await untilReady(producing);
      const connection = owner.own(connectConsumer({ url, logger }), (each) => each.disconnect());
      const consumer = makeConsumer({
        connection,
        queues: queuesOf(config.worker.queues, written.names),
        concurrency: config.worker.concurrency,
        handlers: makeHandlers(deps),
        around: around(logger),
        settle: makeSettle(deps),
        logger,
      });
      await consumer.ready();
      const { id } = deps;
      const startedAt = systemClock.now().toString();
      const describe = () => ({
        id,
        startedAt,
        queues: [...consumer.queues],
        activeJobs: consumer.activeJobs(),
      });
      const fleet = makeFleet({ connection: producing });
      owner.own(keepReporting({ fleet, describe, logger }), (each) => each.stop());
      return consumer;
    },
  };
}

/** The authors that this process can ask: gemini only with a key. */
function makeAuthors({ authoring }: WorkerConfig): { find: Authors; names: AuthorName[] } {
  const authors = new Map<AuthorName, Author>([['offline', makeOfflineAuthor()]]);
  const { apiKey, model, baseUrl } = authoring.gemini;
  if (apiKey !== null) {
    const timeoutMs = authoring.callTimeoutSeconds * 1000;
    const gemini = makeGeminiAuthor({ apiKey, model, baseUrl, timeoutMs, clock: systemClock });
    authors.set('gemini', gemini);
  }
  return {
    names: [...authors.keys()],
    find(name) {
      const author = authors.get(name);
      if (author) return author;
      throw new TexasError('author_unauthorized', `This worker has no key for ${name}.`);
    },
  };
}

/** The queues that this process works: those it was told, and for authors only those it has. */
function queuesOf(wanted: 'all' | readonly string[], authors: readonly AuthorName[]): QueueName[] {
  const able: QueueName[] = [...authors.map((name) => `author-${name}` as const), 'days'];
  return wanted === 'all' ? able : able.filter((name) => wanted.includes(name));
}
