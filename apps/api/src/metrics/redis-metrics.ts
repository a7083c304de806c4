import type { Fleet, Queues } from '@texas-ai/jobs';
import type { Clock } from '@texas-ai/kernel';
import { type MonitoredStore, storeQuery } from '@texas-ai/telemetry';

export interface RedisMetricsDeps {
  fleet: Pick<Fleet, 'workers'>;
  queues: Pick<Queues, 'counts' | 'oldestWaits'>;
  ping(): Promise<unknown>;
  clock: Clock;
}

/** System-wide gauges, read from Redis. */
export function redisMetrics({ fleet, queues, ping, clock }: RedisMetricsDeps): MonitoredStore {
  return {
    ping,
    queries: [
      storeQuery({
        gauges: {
          jobs: {
            name: 'texas_queue_jobs',
            help: 'Jobs in each queue, by state.',
            labelNames: ['queue', 'state'],
          },
          oldest: {
            name: 'texas_queue_oldest_waiting_seconds',
            help: 'How long the oldest runnable job in each queue has waited.',
            labelNames: ['queue'],
          },
        },
        async run() {
          // Fails if Redis is unreachable, whereas BullMQ would wait for the connection.
          await ping();
          const [counts, oldest] = await Promise.all([
            queues.counts(),
            queues.oldestWaits(clock.now()),
          ]);
          return {
            jobs: [...counts].flatMap(([queue, states]) =>
              Object.entries(states).map(([state, value]) => ({ labels: { queue, state }, value })),
            ),
            oldest: [...oldest].map(([queue, value]) => ({ labels: { queue }, value })),
          };
        },
      }),
      storeQuery({
        gauges: { workers: { name: 'texas_workers', help: 'Live worker processes.' } },
        async run() {
          return { workers: [{ value: (await fleet.workers()).length }] };
        },
      }),
    ],
  };
}
