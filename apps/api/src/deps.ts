import { fileURLToPath } from 'node:url';
import { type Config, readCharacterFiles, secretsOf } from '@texas-ai/config';
import {
  type Announcements,
  type Announcer,
  connectProducer,
  listenToAnnouncements,
  makeAnnouncer,
  makeProducer,
  type Producer,
} from '@texas-ai/jobs';
import { type Clock, type Logger, makeOwner, type Owner, systemClock } from '@texas-ai/kernel';
import { type CharacterRecord, characterRecords, type Store } from '@texas-ai/life';
import { makeLogger } from '@texas-ai/logging';
import {
  type Database,
  makeKeyRepository,
  makeReadCache,
  makeStore,
  openDatabase,
} from '@texas-ai/storage';
import { type KeyRing, makeKeyRing } from './access/key-ring.js';
import { type Limits, makeLimits } from './limits.js';
import { makeProgressStreams, type ProgressStreams } from './live/progress-streams.js';
import { makeReadiness, type Readiness } from './readiness.js';
import { keepFresh } from './reads/keep-fresh.js';
import { makeReaders, type Readers } from './reads/readers.js';

/** The repository's root, which holds `config/`. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type ApiConfig = Config<string, string>;

export interface ApiDeps {
  config: ApiConfig;
  logger: Logger;
  clock: Clock;
  database: Database;
  store: Store;
  producer: Producer;
  announcer: Announcer;
  announcements: Announcements;
  keys: KeyRing;
  limits: Limits;
  readers: Readers;
  streams: ProgressStreams;
  readiness: Readiness;
  /** The characters of this installation's profile files. */
  characters: CharacterRecord[];
  owner: Owner;
}

export interface ApiDepsOptions {
  config: ApiConfig;
  internalApiKey: string;
  /** By default the process's own, on standard output. */
  logger?: Logger;
  clock?: Clock;
  /** Keeps several systems apart in one Redis; default `texas`. */
  prefix?: string;
}

/** Wires the gateway. Throws `config_invalid` where a profile is broken. */
export function makeDeps(options: ApiDepsOptions): ApiDeps {
  const { config, internalApiKey, clock = systemClock, prefix = 'texas' } = options;
  const owner = makeOwner();
  const characters = characterRecords(readCharacterFiles(root));
  const logger = options.logger ?? owner.own(processLogger(options), (each) => each.close());
  const database = owner.own(
    openDatabase({ ...config.database, applicationName: 'texas-api', logger }),
    (each) => each.destroy(),
  );
  const store = makeStore(database);

  const { url, cacheUrl } = config.redis;
  const queues = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const producer = owner.own(
    makeProducer({
      connection: queues,
      prefix,
      onError: (error) => logger.warn('queue failed', { error }),
    }),
    (each) => each.close(),
  );
  const channel = `${prefix}:announcements`;
  const announcements = owner.own(listenToAnnouncements({ url, logger, channel }), (each) =>
    each.close(),
  );
  const cacheConnection = owner.own(
    connectProducer({ url: cacheUrl, logger, commandTimeoutMs: 500 }),
    (each) => each.disconnect(),
  );
  const cache = owner.own(
    makeReadCache({ connection: cacheConnection, logger, prefix: `${prefix}:cache` }),
    (each) => each.close(),
  );
  const readers = makeReaders({ cache, store });
  keepFresh({ announcements, readers, cache, logger });
  const keys = owner.own(
    makeKeyRing({ keys: makeKeyRepository(database), internalApiKey, clock, logger }),
    (each) => each.close(),
  );
  const limits = owner.own(
    makeLimits({ limits: config.limits, connection: cacheConnection, logger, prefix }),
    (each) => each.close(),
  );
  const streams = owner.own(makeProgressStreams({ store, announcements, logger }), (each) =>
    each.close(),
  );
  keys.onRevoked((keyId) => streams.closeOf(keyId));
  return {
    config,
    logger,
    clock,
    database,
    store,
    producer,
    announcer: makeAnnouncer({ connection: queues, channel }),
    announcements,
    keys,
    limits,
    readers,
    streams,
    readiness: makeReadiness({
      database: async () => database.raw('SELECT 1'),
      redis: () => producer.ping(),
    }),
    characters,
    owner,
  };
}

function processLogger({ config, internalApiKey }: ApiDepsOptions) {
  return makeLogger({
    service: 'api',
    level: config.logging.level,
    format: config.logging.format,
    secrets: [...secretsOf(config), internalApiKey],
  });
}
