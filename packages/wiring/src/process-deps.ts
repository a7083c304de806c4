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
import { type Clock, type Logger, makeOwner } from '@texas-ai/kernel';
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
    /** Entries kept in memory; 0 for a process that only invalidates. */
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
  const { service, root, config, prefix = 'texas', tracing = noTracing } = options;
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
  const store = makeStore(database);
  const alertRepository = makeAlertRepository(database);

  const { url, cacheUrl } = config.redis;
  const connection = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const queues = owner.own(
    openQueues({ connection, prefix, telemetry: tracing.queue, logger }),
    (each) => each.close(),
  );
  const producer = makeProducer(queues, { failedDays: config.worker.failedJobsDays });
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

  const probes = {
    database: makeProbe(() => probeDatabase(database).then(() => true as const)),
    redis: makeProbe(() => queues.assertWritable().then(() => true as const)),
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
    store,
    alertRepository,
    alerts: makeAlerts({
      alerts: alertRepository,
      routes: config.alerts.routes,
      channels: channels.map(({ name }) => name),
      redact: redactor.text,
      // The api's monitor picks up its own alerts.
      dispatch: service === 'worker' ? producer.sendAlerts : async () => undefined,
      logger,
    }),
    /** For commands to the Redis of the queues. */
    connection,
    queues,
    producer,
    announcer,
    announcements,
    onProgress: announceProgress(announcer, logger),
    fleet: makeFleet({ connection, prefix }),
    /** Shared by api and workers, so that a channel's rate is never exceeded. */
    takePlace: makeRateLimiter({ connection, prefix }),
    cacheConnection,
    cache,
    probes,
    readiness: makeReadiness(probes),
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
