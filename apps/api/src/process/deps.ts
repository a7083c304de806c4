import { fileURLToPath } from 'node:url';
import type { BackupRepository } from '@texas-ai/backup';
import type { Config } from '@texas-ai/config';
import { type Clock, systemClock } from '@texas-ai/kernel';
import { minuteOf, type RequestGenerationDeps } from '@texas-ai/life';
import {
  makeBackupRepository,
  makeKeyRepository,
  makeSystemStats,
  probeDatabase,
} from '@texas-ai/storage';
import {
  makeCacheMetrics,
  makeHttpMetrics,
  makeStoreMetrics,
  makeStreamMetrics,
  type RequestMeasurement,
} from '@texas-ai/telemetry';
import { makeProcessDeps, type ProcessDeps, type WiringOptions } from '@texas-ai/wiring';
import { type KeyRing, makeKeyRing } from '../access/key-ring.js';
import { type HealthProbes, makeHealthProbes } from '../health/health-probes.js';
import { type Limits, makeLimits } from '../limits/limits.js';
import { databaseMetrics } from '../metrics/database-metrics.js';
import { redisMetrics } from '../metrics/redis-metrics.js';
import { type Monitor, makeMonitor } from '../monitor/monitor.js';
import { makeProgressStreams, type ProgressStreams } from '../progress/progress-streams.js';
import { makeRestoreDetector, type RestoreDetector } from '../reads/detect-restore.js';
import { invalidateOnPublish } from '../reads/invalidate-on-publish.js';
import { makeReaders, type Readers } from '../reads/readers.js';

/** The repository's root, which holds `config/`. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url));

export interface ApiDeps extends ProcessDeps {
  clock: Clock;
  backups: BackupRepository;
  keys: KeyRing;
  limits: Limits;
  readers: Readers;
  streams: ProgressStreams;
  health: HealthProbes;
  /** Records the metrics of a finished request. */
  recordRequest(request: RequestMeasurement): void;
  monitor: Monitor;
  restoreDetector: RestoreDetector;
  requesting: RequestGenerationDeps;
  internalApiKey: string;
}

/** What request handlers may use: no SQL, and nothing to close. */
export type AppDeps = Omit<
  ApiDeps,
  'database' | 'connection' | 'cacheConnection' | 'cache' | 'owner' | 'redisSupported'
>;

export interface ApiDepsOptions extends WiringOptions {
  config: Config<string, string>;
  internalApiKey: string;
}

/** Wires the api. Throws `config_invalid` if a profile or alert channel is invalid. */
export function makeDeps({
  internalApiKey,
  clock = systemClock,
  ...options
}: ApiDepsOptions): ApiDeps {
  const shared = makeProcessDeps({
    ...options,
    service: 'api',
    root,
    secrets: [internalApiKey],
    cache: {
      commandTimeoutMs: 500,
      onRead: ({ registry }) => makeCacheMetrics(registry),
    },
  });
  const { config, prefix, owner, logger, metrics, database, store, alertRepository } = shared;
  const { queues, announcements, announcer, cache, fleet, probes } = shared;
  const backups = makeBackupRepository(database);
  const readers = makeReaders({ cache, store });
  invalidateOnPublish({ announcements, readers, cache, logger });
  const restoreDetector = owner.own(
    makeRestoreDetector({ identity: () => store.identity(), cache, logger }),
    (each) => each.close(),
  );
  const keys = owner.own(
    makeKeyRing({ keys: makeKeyRepository(database), internalApiKey, clock, logger }),
    (each) => each.close(),
  );
  const streams = owner.own(
    makeProgressStreams({ store, announcements, announcer, logger }),
    (each) => each.close(),
  );
  keys.onRevoked((keyId) => streams.closeOf(keyId));
  const planningTime = config.planning.automatic ? minuteOf(config.planning.time) : null;
  const monitor = owner.own(
    makeMonitor({
      store,
      alertRepository,
      alerts: shared.alerts,
      routes: config.alerts.routes,
      delivering: {
        channels: shared.channels,
        acquire: shared.acquire,
        redact: shared.redactor.text,
        logger,
      },
      fleet,
      queues,
      clock,
      logger,
      limits: config.alerts,
      planningTime,
    }),
    (each) => each.close(),
  );
  makeStreamMetrics(metrics.registry, () => streams.size());
  makeStoreMetrics(metrics.registry, {
    database: databaseMetrics({
      config,
      stats: makeSystemStats(database),
      store,
      alertRepository,
      characters: shared.characters.map(({ profile }) => profile.id),
      planningTime,
      ping: () => probeDatabase(database),
      clock,
    }),
    redis: redisMetrics({ fleet, queues, ping: () => queues.assertWritable(), clock }),
  });
  return {
    ...shared,
    clock,
    backups,
    keys,
    limits: makeLimits({
      limits: config.limits,
      trustProxyHops: config.server.trustProxyHops,
      connection: shared.cacheConnection,
      logger,
      prefix,
    }),
    readers,
    streams,
    health: {
      ...probes,
      ...makeHealthProbes({
        charactersWithoutToday: () => store.days.charactersWithout(clock.now()),
        lastBackupAt: async () => (await backups.lastGood())?.finishedAt ?? null,
        fleet,
        queues,
      }),
    },
    recordRequest: makeHttpMetrics(metrics.registry),
    monitor,
    restoreDetector,
    requesting: {
      store,
      steps: shared.producer,
      clock,
      logger,
      onProgress: shared.onProgress,
      author: config.authoring.author,
      window: config.generations,
    },
    internalApiKey,
  };
}
