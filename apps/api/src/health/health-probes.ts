import { type FleetWorker, neglectedQueues, type QueueName } from '@texas-ai/jobs';
import type { Temporal } from '@texas-ai/kernel';
import { makeProbe, type Probe } from '@texas-ai/telemetry';

/** The checks behind the health routes; each ends within 1.5 s. */
export interface HealthProbes {
  database: Probe<true>;
  redis: Probe<true>;
  /** Whether every character has a live day for her local date. */
  today: Probe<boolean>;
  /** When the last good backup was made; null if there is none. */
  lastBackupAt: Probe<Temporal.Instant | null>;
  fleet: Probe<FleetState>;
}

export interface FleetState {
  workers: FleetWorker[];
  /** Queues with waiting jobs but no live worker. */
  neglected: QueueName[];
}

export function makeHealthProbes(deps: {
  charactersWithoutToday(): Promise<number>;
  lastBackupAt(): Promise<Temporal.Instant | null>;
  fleet: { workers(): Promise<FleetWorker[]> };
  queues: { waiting(): Promise<ReadonlyMap<QueueName, number>> };
}): Omit<HealthProbes, 'database' | 'redis'> {
  return {
    today: makeProbe(async () => (await deps.charactersWithoutToday()) === 0),
    lastBackupAt: makeProbe(deps.lastBackupAt),
    fleet: makeProbe(async () => {
      const [workers, waiting] = await Promise.all([deps.fleet.workers(), deps.queues.waiting()]);
      return { workers, neglected: neglectedQueues(workers, waiting) };
    }),
  };
}
