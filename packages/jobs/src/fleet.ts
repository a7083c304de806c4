import type { Logger } from '@texas-ai/kernel';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defaultPrefix, type QueueName } from './definition.js';

// Who works: each worker says so again and again, and counts as gone when it has been silent.

const workerSchema = z.object({
  id: z.string(),
  /** RFC 3339. */
  startedAt: z.string(),
  queues: z.array(z.string()),
  activeJobs: z.array(
    z.object({ id: z.string(), name: z.string(), queue: z.string(), startedAt: z.string() }),
  ),
});

/** One live worker process, as it described itself a few seconds ago. */
export type FleetWorker = z.infer<typeof workerSchema>;

export interface Fleet {
  /** The worker counts as live for another 15 s. */
  report(worker: FleetWorker): Promise<void>;
  /** The worker is gone at once. */
  leave(id: string): Promise<void>;
  /** Those that are live, the longest running first. */
  workers(): Promise<FleetWorker[]>;
}

/** Seconds without a word after which a worker counts as gone, and between its words. */
const liveSeconds = 15;
const reportSeconds = 5;

/** Every method rejects where Redis does not answer. */
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
      const silent = ids.filter((_id, index) => reports[index] === null);
      if (silent.length > 0) await connection.srem(members, ...silent);
      return reports
        .flatMap((report) => (report === null ? [] : (parse(report) ?? [])))
        .sort((one, other) => one.startedAt.localeCompare(other.startedAt));
    },
  };
}

/** Reports now and every 5 s, until it is stopped. A Redis that is away is tried again next time. */
export function keepReporting(deps: { fleet: Fleet; describe(): FleetWorker; logger: Logger }): {
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
      await fleet.leave(id).catch((error) => logger.debug('worker not signed off', { error }));
    },
  };
}

/** Null for what another release wrote. */
function parse(report: string): FleetWorker | null {
  try {
    return workerSchema.safeParse(JSON.parse(report)).data ?? null;
  } catch {
    return null;
  }
}

/** The queues in which jobs wait and that no live worker works. */
export function neglectedQueues(
  workers: readonly Pick<FleetWorker, 'queues'>[],
  waiting: ReadonlyMap<QueueName, number>,
): QueueName[] {
  const worked = new Set<string>(workers.flatMap(({ queues }) => queues));
  return [...waiting].flatMap(([name, count]) => (count > 0 && !worked.has(name) ? [name] : []));
}
