import { type FleetWorker, neglectedQueues, type QueueName } from '@texas-ai/jobs';
import { makeProbe, type Probe } from './probe.js';

/** What the health routes ask. Each answer, or the lack of one, comes within 1.5 s. */
export interface HealthProbes {
  database: Probe<true>;
  redis: Probe<true>;
  /** Whether every character has a live day for what is today where she lives. */
  today: Probe<boolean>;
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
    fleet: makeProbe(async () => {
      const [workers, waiting] = await Promise.all([deps.fleet.workers(), deps.queues.waiting()]);
      return { workers, neglected: neglectedQueues(workers, waiting) };
    }),
  };
}
