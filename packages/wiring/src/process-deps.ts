import { makeAlerts, makeChannels } from '@texas-ai/alerting';
import { type Config, productVersion, readCharacterFiles, secretsOf } from '@texas-ai/config';
import { useProxy } from '@texas-ai/egress';
import {
  announceProgress,
  assertRedisSupported,
  connectProducer,
  listenToAnnouncements,
  makeAnnouncer,
  makeFleet,
  makeProducer,
  makeRateLimiter,
  openQueues,
} from '@texas-ai/jobs';
import { type Clock, type Logger, makeOwner, type Owner } from '@texas-ai/kernel';
import { characterRecords } from '@texas-ai/life';
import { makeLogger, makeRedactor } from '@texas-ai/logging';
import {
  makeAlertRepository,
  makeReadCache,
  makeStore,
  openDatabase,
  poolUse,
  probeDatabase,
  type ReadCacheOptions,
} from '@texas-ai/storage';
import {
  type Metrics,
  makeMetrics,
  makePoolMetrics,
  makeProbe,
  makeReadiness,
  noTracing,
  type Tracing,
} from '@texas-ai/telemetry';

/** What tests and entry points may replace. */
export interface WiringOptions {
  /** Default: the process's own logger, on standard output. */
  logger?: Logger;
  clock?: Clock;
  /** Prefix of all Redis keys, which separates systems that share a Redis; default `texas`. */
  prefix?: string;
  /** Default: off. */
  tracing?: Tracing;
}

export interface ProcessDepsOptions extends Omit<WiringOptions, 'clock'> {
  service: 'api' | 'worker';
  /** The repository's root, which holds `config/`. */
  root: string;
  config: Config<string, string>;
  /** Values to redact in addition to the configuration's secrets. */
  secrets?: readonly string[];
  cache: {
    /** Maximum number of entries in memory; 0 for a process that only invalidates. */
    memoryEntries?: number;
    commandTimeoutMs?: number;
    onRead?(metrics: Metrics): NonNullable<ReadCacheOptions['onRead']>;
  };
}

export type ProcessDeps = ReturnType<typeof makeProcessDeps>;

/**
 * Wires what api and worker share. Connections are opened in the background; `owner` closes everything.
 * Throws `config_invalid` if a profile or alert channel is invalid.
 */
export function makeProcessDeps(options: ProcessDepsOptions) {
  const { service, root, config, prefix = 'texas', tracing = noTracing, cache } = options;
  const owner = makeOwner();
  const characters = characterRecords(readCharacterFiles(root));
  const channels = makeChannels(config.alerts);
  const secrets = [...secretsOf(config), ...(options.secrets ?? [])];
  const redactor = makeRedactor(secrets);
  const logger =
    options.logger ??
    owner.own(makeLogger({ service, ...config.logging, secrets }), (each) => each.close());
  const proxy = owner.own(
    useProxy(config.proxy, (message) => logger.warn(message)),
    (each) => each.close(),
  );
  const metrics = makeMetrics({ service, version: productVersion(root) });
  const database = owner.own(
    openDatabase({ ...config.database, applicationName: `texas-${service}`, logger }),
    (each) => each.destroy(),
  );
  makePoolMetrics(metrics.registry, () => poolUse(database));
  const alertRepository = makeAlertRepository(database);
  const redis = openRedis({ config, owner, logger, prefix, tracing, metrics, cache });
  const probes = {
    database: makeProbe(() => probeDatabase(database).then(() => true as const)),
    redis: makeProbe(() => redis.queues.assertWritable().then(() => true as const)),
  };
  return {
    config,
    prefix,
    tracing,
    owner,
    characters,
    channels,
    redactor,
    logger,
    proxy,
    metrics,
    database,
    store: makeStore(database),
    alertRepository,
    alerts: makeAlerts({
      alerts: alertRepository,
      routes: config.alerts.routes,
      channels: channels.map(({ name }) => name),
      redact: redactor.text,
      // The api's monitor delivers its own alerts.
      dispatch: service === 'worker' ? redis.producer.sendAlerts : async () => undefined,
      logger,
    }),
    ...redis,
    probes,
    readiness: makeReadiness(probes),
  };
}

interface RedisDeps {
  config: ProcessDepsOptions['config'];
  owner: Owner;
  logger: Logger;
  prefix: string;
  tracing: Tracing;
  metrics: Metrics;
  cache: ProcessDepsOptions['cache'];
}

function openRedis({ config, owner, logger, prefix, tracing, metrics, ...options }: RedisDeps) {
  const { url, cacheUrl } = config.redis;
  const connection = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const queues = owner.own(
    openQueues({ connection, prefix, telemetry: tracing.queue, logger }),
    (each) => each.close(),
  );
  const channel = `${prefix}:announcements`;
  const announcer = makeAnnouncer({ connection, channel });
  const announcements = owner.own(listenToAnnouncements({ url, logger, channel }), (each) =>
    each.close(),
  );
  const { commandTimeoutMs, memoryEntries, onRead } = options.cache;
  const cacheConnection = owner.own(
    connectProducer({
      url: cacheUrl,
      logger,
      ...(commandTimeoutMs !== undefined && { commandTimeoutMs }),
    }),
    (each) => each.disconnect(),
  );
  const cache = owner.own(
    makeReadCache({
      connection: cacheConnection,
      logger,
      prefix: `${prefix}:cache`,
      ...(memoryEntries !== undefined && { memoryEntries }),
      ...(onRead && { onRead: onRead(metrics) }),
    }),
    (each) => each.close(),
  );
  return {
    /** For commands to the Redis of the queues. */
    connection,
    queues,
    producer: makeProducer(queues, { failedDays: config.worker.failedJobsDays }),
    announcer,
    announcements,
    onProgress: announceProgress({ announcer, announcements, logger }),
    fleet: makeFleet({ connection, prefix }),
    /** Shared by api and workers, so that a channel's rate is never exceeded. */
    acquire: makeRateLimiter({ connection, prefix }),
    cacheConnection,
    cache,
    /** Each resolves once its Redis was reached and rejects with `config_invalid` if it is unsuitable. */
    redisSupported: {
      queues: () => assertRedisSupported({ connection, setting: 'REDIS_URL', prefix, logger }),
      async cache() {
        if (cacheUrl === url) return;
        const setting = 'CACHE_REDIS_URL';
        await assertRedisSupported({ connection: cacheConnection, setting, prefix, logger });
      },
    },
  };
}
