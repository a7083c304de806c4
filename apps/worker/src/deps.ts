import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  type AlertRepository,
  type Channel,
  type KeptAlerts,
  makeAlerts,
  makeChannels,
} from '@texas-ai/alerting';
import { backupFrom, type MakeBackupDeps, type VerifyLastDeps } from '@texas-ai/backup';
import {
  type Config,
  processEnvironment,
  productVersion,
  readCharacterFiles,
  secretsOf,
} from '@texas-ai/config';
import { useProxy } from '@texas-ai/egress';
import {
  type Announcements,
  type Announcer,
  announceProgress,
  assertRedisSupported,
  connectProducer,
  type Fleet,
  listenToAnnouncements,
  makeAnnouncer,
  makeFleet,
  makeProducer,
  makeRateLimiter,
  openQueues,
  type Producer,
  type QueueName,
  type Queues,
} from '@texas-ai/jobs';
import { type Clock, type Logger, makeOwner, type Owner, systemClock } from '@texas-ai/kernel';
import {
  type AuthorName,
  type Authors,
  type Budget,
  type CallMeter,
  type CharacterRecord,
  characterRecords,
  type Generation,
  makeCallMeter,
  type OnProgress,
  type RequestGenerationDeps,
  type Store,
  type WeatherSource,
} from '@texas-ai/life';
import { makeLogger, makeRedactor } from '@texas-ai/logging';
import {
  type Database,
  dayKey,
  makeAlertRepository,
  makeBackupRepository,
  makeReadCache,
  makeStore,
  openDatabase,
  poolUse,
  probeDatabase,
} from '@texas-ai/storage';
import {
  type Metrics,
  makeMetrics,
  makePoolMetrics,
  makeProbe,
  makeReadiness,
  noTracing,
  type Readiness,
  type Tracing,
} from '@texas-ai/telemetry';
import { makeWeather } from '@texas-ai/weather';
import { makeAuthors, makeQuotas, queuesOf } from './authors/authors.js';
import { makeAvailableAuthors } from './authors/available-authors.js';
import { observedAuthors } from './authors/observed-author.js';
import { type FleetClock, makeFleetClock } from './fleet-clock.js';
import { budgetOf, type Timing, timingOf } from './settings.js';
import { type Measured, makeMeasured } from './worker-metrics.js';

/** The repository's root, which holds `config/`. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type WorkerConfig = Config<string, string>;

export interface WorkerDeps {
  /** Names this process in the log and among the workers of the fleet. */
  id: string;
  config: WorkerConfig;
  logger: Logger;
  clock: FleetClock;
  database: Database;
  store: Store;
  steps: Producer;
  queues: Queues;
  authors: Authors;
  meter: CallMeter;
  budget: Budget;
  weather: WeatherSource;
  announcer: Announcer;
  announcements: Announcements;
  onProgress: OnProgress;
  /** Tells the world that a day is there; repeatable. */
  announce(generation: Generation): Promise<void>;
  /** Drops a day that is gone from every cache. */
  forgetDay(character: string, date: string): Promise<void>;
  /** What makes and verifies backups. */
  backing: MakeBackupDeps & VerifyLastDeps;
  requesting: RequestGenerationDeps & { store: Store };
  timing: Timing;
  metrics: Metrics;
  /** Told of what this worker did. */
  measured: Measured;
  tracing: Tracing;
  readiness: Readiness;
  alerts: KeptAlerts;
  alertRepository: AlertRepository;
  channels: Channel[];
  takePlace(channel: Channel): Promise<number>;
  redact(text: string): string;
  characters: CharacterRecord[];
  fleet: Fleet;
  /** The queues that this process works. */
  workedQueues: QueueName[];
  /** The authors that some live worker can ask. */
  availableAuthors(): Promise<AuthorName[]>;
  /** Where everything of ours in Redis begins. */
  prefix: string;
  /** Each resolves once its Redis was reached; rejects with `config_invalid` where that one cannot be used. */
  redisSupported: { queues(): Promise<void>; cache(): Promise<void> };
  owner: Owner;
}

export interface WorkerDepsOptions {
  /** By default the process's own, on standard output. */
  logger?: Logger;
  clock?: Clock;
  /** Keeps several systems apart in one Redis; default `texas`. */
  prefix?: string;
  /** Off by default. */
  tracing?: Tracing;
}

/** Wires the worker. Throws `config_invalid` where a profile or a channel is. */
export function makeDeps(config: WorkerConfig, options: WorkerDepsOptions = {}): WorkerDeps {
  const { clock: own = systemClock, prefix = 'texas', tracing = noTracing } = options;
  const owner = makeOwner();
  const characters = characterRecords(readCharacterFiles(root));
  const channels = makeChannels(config.alerts);
  const secrets = secretsOf(config);
  const logger =
    options.logger ?? owner.own(processLogger(config, secrets), (each) => each.close());
  const egress = owner.own(
    useProxy(config.proxy, (message) => logger.warn(message)),
    (each) => each.close(),
  );
  const metrics = makeMetrics({ service: 'worker', version: productVersion(root) });
  const measured = makeMeasured(metrics, config.budget.currency);
  const database = owner.own(
    openDatabase({ ...config.database, applicationName: 'texas-worker', logger }),
    (each) => each.destroy(),
  );
  makePoolMetrics(metrics.registry, () => poolUse(database));
  const store = makeStore(database);
  const clock = makeFleetClock({ own, store, logger });
  const { url, cacheUrl } = config.redis;
  const producing = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const queues = owner.own(
    openQueues({ connection: producing, prefix, telemetry: tracing.queue, logger }),
    (each) => each.close(),
  );
  const steps = makeProducer(queues, { failedDays: config.worker.failedJobsDays });
  const channel = `${prefix}:announcements`;
  const announcer = makeAnnouncer({ connection: producing, channel });
  const announcements = owner.own(listenToAnnouncements({ url, logger, channel }), (each) =>
    each.close(),
  );
  const caching = owner.own(connectProducer({ url: cacheUrl, logger }), (each) =>
    each.disconnect(),
  );
  const cache = owner.own(
    makeReadCache({ connection: caching, logger, prefix: `${prefix}:cache`, memoryEntries: 0 }),
    (each) => each.close(),
  );

  const authors = makeAuthors(config, clock);
  const budget = budgetOf(config);
  const timing = timingOf(config);
  const quotasOf = makeQuotas({ config, authors: authors.find, connection: producing, prefix });
  const onProgress = announceProgress(announcer, logger);
  const alertRepository = makeAlertRepository(database);
  const redact = makeRedactor(secrets).text;
  const fleet = makeFleet({ connection: producing, prefix });
  const workedQueues = queuesOf(config.worker.queues, authors.names);
  return {
    id: randomBytes(4).toString('hex'),
    config,
    logger,
    clock,
    database,
    store,
    steps,
    queues,
    authors: observedAuthors(authors.find, { seen: measured.authorCall, tracing, budget, clock }),
    meter: makeCallMeter({
      ledger: store.ledger,
      quotasOf,
      budget,
      clock,
      leaseMs: timing.leaseMs,
      logger,
    }),
    budget,
    weather: makeWeather({ ...config.weather, logger }),
    announcer,
    announcements,
    onProgress,
    async announce({ id: generationId, character, date, author, fallback }: Generation) {
      // Dropped from the cache before anybody is told of it.
      const day = date.toString();
      await cache.drop(dayKey(character, day));
      await announcer.announce({ kind: 'day.published', character, date: day, generationId });
      logger.info('day published', { character, date, author });
      measured.generation({ status: 'published', author, code: fallback?.code ?? '' });
    },
    async forgetDay(character, date) {
      await cache.drop(dayKey(character, date));
      await announcer.announce({ kind: 'day.gone', character, date });
    },
    backing: {
      ...backupFrom(config.backup, config.timeZone, processEnvironment().PATH, egress.agent),
      backups: makeBackupRepository(database),
      alone: (work) => store.exclusively('backup', work),
      databaseUrl: config.database.url,
      clock,
      logger,
    },
    requesting: {
      store,
      steps,
      clock,
      logger,
      onProgress,
      author: config.authoring.author,
      window: config.generations,
    },
    timing,
    metrics,
    measured,
    tracing,
    readiness: makeReadiness({
      database: makeProbe<true>(async () => {
        await probeDatabase(database);
        return true;
      }),
      redis: makeProbe<true>(async () => {
        await queues.assertWritable();
        return true;
      }),
    }),
    alertRepository,
    channels,
    takePlace: makeRateLimiter({ connection: producing, prefix }),
    redact,
    alerts: makeAlerts({
      alerts: alertRepository,
      routes: config.alerts.routes,
      channels: channels.map(({ name }) => name),
      redact,
      dispatch: steps.sendAlerts,
      logger,
    }),
    characters,
    fleet,
    workedQueues,
    availableAuthors: makeAvailableAuthors({
      fleet,
      workedQueues,
      clock,
      patienceMs: config.alerts.noWorkerSeconds * 1000,
    }),
    prefix,
    redisSupported: {
      queues: () =>
        assertRedisSupported({ connection: producing, setting: 'REDIS_URL', prefix, logger }),
      async cache() {
        if (cacheUrl === url) return;
        const setting = 'CACHE_REDIS_URL';
        await assertRedisSupported({ connection: caching, setting, prefix, logger });
      },
    },
    owner,
  };
}

function processLogger({ logging }: WorkerConfig, secrets: string[]) {
  const { level, format } = logging;
  return makeLogger({ service: 'worker', level, format, secrets });
}
