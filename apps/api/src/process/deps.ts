import { fileURLToPath } from 'node:url';
import { makeAlerts, makeChannels } from '@texas-ai/alerting';
import type { BackupRepository } from '@texas-ai/backup';
import { type Config, productVersion, readCharacterFiles, secretsOf } from '@texas-ai/config';
import { useProxy } from '@texas-ai/egress';
import {
  type Announcements,
  type Announcer,
  assertRedisSupported,
  connectProducer,
  listenToAnnouncements,
  makeAnnouncer,
  makeFleet,
  makeProducer,
  makeRateLimiter,
  openQueues,
  type Producer,
  type Queues,
} from '@texas-ai/jobs';
import { type Clock, type Logger, makeOwner, type Owner, systemClock } from '@texas-ai/kernel';
import { type CharacterRecord, characterRecords, minuteOf, type Store } from '@texas-ai/life';
import { makeLogger, makeRedactor, type Redactor } from '@texas-ai/logging';
import {
  type Database,
  makeAlertRepository,
  makeBackupRepository,
  makeFigures,
  makeKeyRepository,
  makeReadCache,
  makeStore,
  openDatabase,
  poolUse,
  probeDatabase,
} from '@texas-ai/storage';
import {
  type AnsweredRequest,
  type Metrics,
  makeCacheMetrics,
  makeHttpMetrics,
  makeMetrics,
  makePoolMetrics,
  makeReadiness,
  makeStoreMetrics,
  makeStreamMetrics,
  noTracing,
  type Readiness,
  type Tracing,
} from '@texas-ai/telemetry';
import { type KeyRing, makeKeyRing } from '../access/key-ring.js';
import { type HealthProbes, makeHealthProbes } from '../health/health.js';
import { type Limits, makeLimits } from '../limits/limits.js';
import { makeProgressStreams, type ProgressStreams } from '../live/progress-streams.js';
import { databaseMetrics } from '../metrics/database-metrics.js';
import { redisMetrics } from '../metrics/redis-metrics.js';
import { makeWatch, type Watch } from '../monitor/monitor.js';
import { noticeRestore } from '../reads/detect-restore.js';
import { keepFresh } from '../reads/invalidate-on-publish.js';
import { makeReaders, type Readers } from '../reads/readers.js';

/** The repository's root, which holds `config/`. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url));

export type ApiConfig = Config<string, string>;

export interface ApiDeps {
  config: ApiConfig;
  logger: Logger;
  clock: Clock;
  database: Database;
  store: Store;
  backups: BackupRepository;
  queues: Queues;
  producer: Producer;
  announcer: Announcer;
  announcements: Announcements;
  keys: KeyRing;
  limits: Limits;
  readers: Readers;
  streams: ProgressStreams;
  health: HealthProbes;
  readiness: Readiness;
  /** What this process and the system measure. */
  metrics: Metrics;
  /** Told of every request that was answered. */
  answered(request: AnsweredRequest): void;
  tracing: Tracing;
  /** Looks after queues, workers and days, and warns. */
  watch: Watch;
  /** Forgets what was read when the database is restored. */
  restores: ReturnType<typeof noticeRestore>;
  /** How many ways there are to warn operators. */
  channels: number;
  /** For what operators are shown. */
  redactor: Redactor;
  internalApiKey: string;
  /** The characters of this installation's profile files. */
  characters: CharacterRecord[];
  /** Each resolves once its Redis was reached; rejects with `config_invalid` where that one cannot be used. */
  redisSupported: { queues(): Promise<void>; cache(): Promise<void> };
  owner: Owner;
}

/** What requests are answered with: no SQL of their own, and nothing to close. */
export type AppDeps = Omit<ApiDeps, 'database' | 'owner' | 'redisSupported'>;

export interface ApiDepsOptions {
  config: ApiConfig;
  internalApiKey: string;
  /** By default the process's own, on standard output. */
  logger?: Logger;
  clock?: Clock;
  /** Keeps several systems apart in one Redis; default `texas`. */
  prefix?: string;
  /** Off by default. */
  tracing?: Tracing;
}

/** Wires the gateway. Throws `config_invalid` where a profile or a channel is. */
export function makeDeps(options: ApiDepsOptions): ApiDeps {
  const { config, internalApiKey, clock = systemClock, prefix = 'texas' } = options;
  const { tracing = noTracing } = options;
  const owner = makeOwner();
  const characters = characterRecords(readCharacterFiles(root));
  const channels = makeChannels(config.alerts);
  const logger = options.logger ?? owner.own(processLogger(options), (each) => each.close());
  owner.own(
    useProxy(config.proxy, (message) => logger.warn(message)),
    (each) => each.close(),
  );
  const metrics = makeMetrics({ service: 'api', version: productVersion(root) });
  const database = owner.own(
    openDatabase({ ...config.database, applicationName: 'texas-api', logger }),
    (each) => each.destroy(),
  );
  makePoolMetrics(metrics.registry, () => poolUse(database));
  const store = makeStore(database);
  const backups = makeBackupRepository(database);

  const { url, cacheUrl } = config.redis;
  const queueing = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const queues = owner.own(
    openQueues({ connection: queueing, prefix, telemetry: tracing.queue, logger }),
    (each) => each.close(),
  );
  const producer = makeProducer(queues, { failedDays: config.worker.failedJobsDays });
  const channel = `${prefix}:announcements`;
  const announcements = owner.own(listenToAnnouncements({ url, logger, channel }), (each) =>
    each.close(),
  );
  const cacheConnection = owner.own(
    connectProducer({ url: cacheUrl, logger, commandTimeoutMs: 500 }),
    (each) => each.disconnect(),
  );
  const cache = owner.own(
    makeReadCache({
      connection: cacheConnection,
      logger,
      prefix: `${prefix}:cache`,
      onRead: makeCacheMetrics(metrics.registry),
    }),
    (each) => each.close(),
  );
  const readers = makeReaders({ cache, store });
  keepFresh({ announcements, readers, cache, logger });
  const restores = owner.own(
    noticeRestore({ identity: () => store.identity(), cache, logger }),
    (each) => each.close(),
  );
  const keys = owner.own(
    makeKeyRing({ keys: makeKeyRepository(database), internalApiKey, clock, logger }),
    (each) => each.close(),
  );
  const limits = owner.own(
    makeLimits({
      limits: config.limits,
      trustProxyHops: config.server.trustProxyHops,
      connection: cacheConnection,
      logger,
      prefix,
    }),
    (each) => each.close(),
  );
  const streams = owner.own(makeProgressStreams({ store, announcements, logger }), (each) =>
    each.close(),
  );
  const fleet = makeFleet({ connection: queueing, prefix });
  const redactor = makeRedactor(secretsToHide(options));
  const alertRepository = makeAlertRepository(database);
  const planningTime = config.planning.automatic ? minuteOf(config.planning.time) : null;
  // Where the workers count as well.
  const takePlace = makeRateLimiter({ connection: queueing, prefix });
  const watch = owner.own(
    makeWatch({
      store,
      alertRepository,
      alerts: makeAlerts({
        alerts: alertRepository,
        routes: config.alerts.routes,
        channels: channels.map(({ name }) => name),
        redact: redactor.text,
        // Delivered by the watch itself, or by a worker that is quicker.
        dispatch: async () => undefined,
        logger,
      }),
      routes: config.alerts.routes,
      delivering: { channels, takePlace, redact: redactor.text, logger },
      fleet,
      queues,
      clock,
      logger,
      limits: config.alerts,
      planningTime,
    }),
    (each) => each.close(),
  );
  const health = makeHealthProbes({
    pingDatabase: () => probeDatabase(database),
    pingRedis: () => queues.assertWritable(),
    charactersWithoutToday: () => store.days.charactersWithout(clock.now()),
    lastBackupAt: async () => (await backups.lastGood())?.finishedAt ?? null,
    fleet,
    queues,
  });
  makeStreamMetrics(metrics.registry, () => streams.size());
  makeStoreMetrics(metrics.registry, {
    database: databaseMetrics({
      config,
      figures: makeFigures(database),
      store,
      alertRepository,
      characters: characters.map(({ profile }) => profile.id),
      planningTime,
      ping: () => probeDatabase(database),
      clock,
    }),
    redis: redisMetrics({ fleet, queues, ping: () => queues.assertWritable(), clock }),
  });
  keys.onRevoked((keyId) => streams.closeOf(keyId));
  return {
    config,
    logger,
    clock,
    database,
    store,
    backups,
    queues,
    producer,
    announcer: makeAnnouncer({ connection: queueing, channel }),
    announcements,
    keys,
    limits,
    readers,
    streams,
    health,
    readiness: makeReadiness({ database: health.database, redis: health.redis }),
    metrics,
    answered: makeHttpMetrics(metrics.registry),
    tracing,
    watch,
    restores,
    channels: channels.length,
    redactor,
    internalApiKey,
    characters,
    redisSupported: {
      queues: () =>
        assertRedisSupported({ connection: queueing, setting: 'REDIS_URL', prefix, logger }),
      async cache() {
        if (cacheUrl === url) return;
        const setting = 'CACHE_REDIS_URL';
        await assertRedisSupported({ connection: cacheConnection, setting, prefix, logger });
      },
    },
    owner,
  };
}

function secretsToHide({ config, internalApiKey }: ApiDepsOptions): string[] {
  return [...secretsOf(config), internalApiKey];
}

function processLogger(options: ApiDepsOptions) {
  const { config } = options;
  return makeLogger({
    service: 'api',
    level: config.logging.level,
    format: config.logging.format,
    secrets: secretsToHide(options),
  });
}
