import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { backupDepsFrom, type RunBackupDeps, type VerifyLatestDeps } from '@texas-ai/backup';
import { type Config, processEnvironment } from '@texas-ai/config';
import type { Producer, QueueName } from '@texas-ai/jobs';
import { systemClock } from '@texas-ai/kernel';
import {
  type AuthorName,
  type Authors,
  type Budget,
  type CallMeter,
  type Generation,
  makeCallMeter,
  type RequestGenerationDeps,
  type Store,
  type WeatherSource,
} from '@texas-ai/life';
import { makeBackupRepository } from '@texas-ai/storage';
import { makeWeather } from '@texas-ai/weather';
import { makeProcessDeps, type ProcessDeps, type WiringOptions } from '@texas-ai/wiring';
import { announceDay, announceDeletedDay } from './announce-day.js';
import { makeAuthors, makeQuotas, queuesOf } from './authors/authors.js';
import { makeAvailableAuthors } from './authors/available-authors.js';
import { instrumentAuthors } from './authors/instrument-authors.js';
import { type FleetClock, makeFleetClock } from './fleet-clock.js';
import { budgetOf, type Timing, timingOf } from './settings.js';
import { makeWorkerMetrics, type WorkerMetrics } from './worker-metrics.js';

/** The repository's root, which holds `config/`. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type WorkerConfig = Config<string, string>;

export interface WorkerDeps extends ProcessDeps {
  /** Identifies this process in the log and among the workers. */
  id: string;
  clock: FleetClock;
  steps: Producer;
  authors: Authors;
  meter: CallMeter;
  budget: Budget;
  weather: WeatherSource;
  /** Makes a published day visible to readers; repeatable. */
  announce(generation: Generation): Promise<void>;
  /** Invalidates a deleted day in every cache. */
  invalidateDay(character: string, date: string): Promise<void>;
  /** For making and verifying backups. */
  backupDeps: RunBackupDeps & VerifyLatestDeps;
  requestDeps: RequestGenerationDeps & { store: Store };
  timing: Timing;
  workerMetrics: WorkerMetrics;
  redact(text: string): string;
  /** The queues that this process consumes. */
  workedQueues: QueueName[];
  /** The authors that at least one live worker can call. */
  availableAuthors(): Promise<AuthorName[]>;
}

/** Wires the worker. Throws `config_invalid` if a profile or alert channel is invalid. */
export function makeDeps(config: WorkerConfig, options: WiringOptions = {}): WorkerDeps {
  const { clock: own = systemClock, ...others } = options;
  const shared = makeProcessDeps({
    ...others,
    service: 'worker',
    root,
    config,
    // A worker only invalidates.
    cache: { memoryEntries: 0 },
  });
  const { logger, store, producer, connection, prefix, fleet, metrics, tracing } = shared;
  const workerMetrics = makeWorkerMetrics(metrics, config.budget.currency);
  const clock = makeFleetClock({ own, store, logger });
  const authors = makeAuthors(config, clock);
  const budget = budgetOf(config);
  const timing = timingOf(config);
  const quotasOf = makeQuotas({ config, authors: authors.find, connection, prefix });
  const workedQueues = queuesOf(config.worker.queues, authors.names);
  return {
    ...shared,
    id: randomBytes(4).toString('hex'),
    clock,
    steps: producer,
    authors: instrumentAuthors(authors.find, {
      onCall: workerMetrics.authorCall,
      tracing,
      budget,
      clock,
    }),
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
    announce: (generation) => announceDay({ ...shared, workerMetrics }, generation),
    invalidateDay: (character, date) => announceDeletedDay(shared, character, date),
    backupDeps: {
      ...backupDepsFrom(
        config.backup,
        config.timeZone,
        processEnvironment().PATH,
        shared.proxy.agent,
      ),
      backups: makeBackupRepository(shared.database),
      exclusively: (work) => store.exclusively('backup', work),
      databaseUrl: config.database.url,
      clock,
      logger,
    },
    requestDeps: {
      store,
      steps: producer,
      clock,
      logger,
      onProgress: shared.onProgress,
      author: config.authoring.author,
      window: config.generations,
    },
    timing,
    workerMetrics,
    redact: shared.redactor.text,
    workedQueues,
    availableAuthors: makeAvailableAuthors({
      fleet,
      workedQueues,
      clock,
      patienceMs: config.alerts.noWorkerSeconds * 1000,
    }),
  };
}
