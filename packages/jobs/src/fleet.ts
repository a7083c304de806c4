import type { Logger } from '@texas-ai/kernel';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defaultPrefix, type QueueName } from './definitions.js';

// The live workers: each reports periodically, and counts as gone after `liveSeconds` without a report.

const workerSchema = z.object({
  id: z.string(),
  /** RFC 3339. */
  startedAt: z.string(),
  queues: z.array(z.string()),
  activeJobs: z.array(
    z.object({ id: z.string(), name: z.string(), queue: z.string(), startedAt: z.string() }),
  ),
});

/** The last report of a live worker process. */
export type FleetWorker = z.infer<typeof workerSchema>;

export interface Fleet {
  /** Marks the worker as live for another 15 s. */
  report(worker: FleetWorker): Promise<void>;
  /** Removes the worker at once. */
  leave(id: string): Promise<void>;
  /** Returns the live workers, the longest running first. */
  workers(): Promise<FleetWorker[]>;
}

const liveSeconds = 15;
const reportSeconds = 5;

/** Every method rejects if Redis does not reply. */
export function makeFleet({
  connection,
  prefix = defaultPrefix,
}: {
  connection: Redis;
  prefix?: string;
}): Fleet {
  const members = `${prefix}:fleet`;
  const keyOf = (id: string) => `${members}:${id}`;

  return {
    async report(worker) {
      await connection
        .multi()
        .sadd(members, worker.id)
        .set(keyOf(worker.id), JSON.stringify(worker), 'EX', liveSeconds)
        .exec();
    },
    async leave(id) {
      await connection.multi().srem(members, id).del(keyOf(id)).exec();
    },
    async workers() {
      const ids = await connection.smembers(members);
      if (ids.length === 0) return [];
      const reports = await connection.mget(ids.map(keyOf));
      const gone = ids.filter((_id, index) => reports[index] === null);
      if (gone.length > 0) await connection.srem(members, ...gone);
      return reports
        .flatMap((report) => (report === null ? [] : (parse(report) ?? [])))
        .sort((one, other) => one.startedAt.localeCompare(other.startedAt));
    },
  };
}

/** Reports now and every 5 s until stopped. A failed report is only logged. */
export function startReporting(deps: { fleet: Fleet; describe(): FleetWorker; logger: Logger }): {
  stop(): Promise<void>;
} {
  const { fleet, describe, logger } = deps;
  let reporting: Promise<void> | null = null;
  const report = () => {
    reporting ??= fleet
      .report(describe())
      .catch((error) => logger.debug('worker not reported', { error }))
      .finally(() => {
        reporting = null;
      });
  };
  report();
  const timer = setInterval(report, reportSeconds * 1000);
  return {
    async stop() {
      clearInterval(timer);
      await reporting;
      const { id } = describe();
      await fleet
        .leave(id)
        .catch((error) => logger.debug('worker not removed from the fleet', { error }));
    },
  };
}

/** Null for a report that this release cannot read. */
function parse(report: string): FleetWorker | null {
  try {
    return workerSchema.safeParse(JSON.parse(report)).data ?? null;
  } catch {
    return null;
  }
}

/** Returns the queues with waiting jobs that no live worker serves. */
export function neglectedQueues(
  workers: readonly Pick<FleetWorker, 'queues'>[],
  waiting: ReadonlyMap<QueueName, number>,
): QueueName[] {
  const served = new Set<string>(workers.flatMap(({ queues }) => queues));
  return [...waiting].flatMap(([name, count]) => (count > 0 && !served.has(name) ? [name] : []));
}
