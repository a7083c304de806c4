import {
  type Consumer,
  connectConsumer,
  makeConsumer,
  startReporting,
  untilReady,
} from '@texas-ai/jobs';
import type { WorkerDeps } from './deps.js';
import { makeFailureHandler } from './failures/handle-failure.js';
import { makeHandlers } from './handlers/index.js';
import { startReconciling } from './reconcile/reconcile-loop.js';
import { runJob } from './run-job.js';

/** Starts the consumer, the reconciler and the heartbeat; resolves once every queue is consumed. */
export async function startWork(deps: WorkerDeps): Promise<Consumer> {
  const { config, logger, owner, queues, steps, timing } = deps;
  await untilReady(queues.connection);
  await deps.clock.synchronise();
  const { url } = config.redis;
  const connection = owner.own(connectConsumer({ url, logger }), (each) => each.disconnect());
  const { lockMs, stallCheckMs, retryStorageMs } = timing;
  const consumer = makeConsumer({
    connection,
    prefix: deps.prefix,
    queues: deps.workedQueues,
    telemetry: deps.tracing.queue,
    concurrencyOf: (queue) => config.worker.concurrencyOf[queue] ?? config.worker.concurrency,
    timing: { lockMs, stallCheckMs, unhandledRetryMs: retryStorageMs },
    handlers: makeHandlers(deps),
    around: runJob(deps),
    handleFailure: failureHandler(deps),
    pauseQueue: (queue, ms) => steps.pauseQueue(queue, ms),
    onEnded: deps.workerMetrics.jobs.ended,
    logger,
  });
  deps.workerMetrics.consumer = consumer;
  await consumer.ready();
  owner.own(startReconciling(deps, consumer), (each) => each.stop());
  reportToFleet(deps, consumer);
  return consumer;
}

function failureHandler(deps: WorkerDeps) {
  const { store, steps, authors, clock, alerts, announcer, config, logger, onProgress } = deps;
  const { retryMs, retryStorageMs, probeMs } = deps.timing;
  return makeFailureHandler({
    ...{ store, steps, authors, clock, alerts, logger, onProgress },
    fallback: config.authoring.fallback,
    random: Math.random,
    timing: { retryMs, retryStorageMs, probeMs },
    onFailed: ({ author }, code) =>
      deps.workerMetrics.generation({ status: 'failed', author, code }),
    onCooldown() {
      announcer
        .announce({ kind: 'holds.changed' })
        .catch((error) => logger.debug('cooldown not announced', { error }));
    },
  });
}

function reportToFleet({ id, clock, fleet, logger, owner }: WorkerDeps, consumer: Consumer): void {
  const startedAt = clock.now().toString();
  const describe = () => ({
    id,
    startedAt,
    queues: [...consumer.queues],
    activeJobs: consumer.activeJobs(),
  });
  owner.own(startReporting({ fleet, describe, logger }), (each) => each.stop());
}
