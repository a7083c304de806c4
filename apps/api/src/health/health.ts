import { type FleetWorker, neglectedQueues, type QueueName } from '@texas-ai/jobs';
import type { Temporal } from '@texas-ai/kernel';
import { makeProbe, type Probe } from '@texas-ai/telemetry';

/** What the health routes ask. Each answer, or the lack of one, comes within 1.5 s. */
export interface HealthProbes {
  database: Probe<true>;
  redis: Probe<true>;
  /** Whether every character has a live day for what is today where she lives. */
  today: Probe<boolean>;
  /** When the last good backup was made; null where there is none. */
  lastBackupAt: Probe<Temporal.Instant | null>;
  fleet: Probe<FleetState>;
}

export interface FleetState {
  workers: FleetWorker[];
  /** Queues in which jobs wait although no live worker works them. */
  neglected: QueueName[];
}

export function makeHealthProbes(deps: {
  pingDatabase(): Promise<unknown>;
  pingRedis(): Promise<unknown>;
  charactersWithoutToday(): Promise<number>;
  lastBackupAt(): Promise<Temporal.Instant | null>;
  fleet: { workers(): Promise<FleetWorker[]> };
  queues: { waiting(): Promise<ReadonlyMap<QueueName, number>> };
}): HealthProbes {
  return {
    database: makeProbe<true>(async () => {
      await deps.pingDatabase();
      return true;
    }),
    redis: makeProbe<true>(async () => {
      await deps.pingRedis();
      return true;
    }),
    today: makeProbe(async () => (await deps.charactersWithoutToday()) === 0),
    lastBackupAt: makeProbe(deps.lastBackupAt),
    fleet: makeProbe(async () => {
      const [workers, waiting] = await Promise.all([deps.fleet.workers(), deps.queues.waiting()]);
      return { workers, neglected: neglectedQueues(workers, waiting) };
    }),
  };
}
