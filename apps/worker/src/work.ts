import {
  type Consumer,
  connectConsumer,
  keepReporting,
  makeConsumer,
  untilReady,
} from '@texas-ai/jobs';
import type { WorkerDeps } from './deps.js';
import { makeSettle } from './failures/handle-failure.js';
import { makeHandlers } from './handlers/index.js';
import { keepReconciling } from './reconcile/reconcile-loop.js';
import { around } from './run-job.js';

/** Begins to work the queues, to reconcile and to show itself; resolves when every queue is worked. */
export async function startWork(deps: WorkerDeps): Promise<Consumer> {
  const { config, logger, owner, queues, steps, timing } = deps;
  await untilReady(queues.connection);
  await deps.clock.agree();
  const { url } = config.redis;
  const connection = owner.own(connectConsumer({ url, logger }), (each) => each.disconnect());
  const { lockMs, stallCheckMs, retryStorageMs } = timing;
  const consumer = makeConsumer({
    connection,
    prefix: deps.prefix,
    queues: deps.workedQueues,
    telemetry: deps.tracing.queue,
    concurrencyOf: (queue) => config.worker.concurrencyOf[queue] ?? config.worker.concurrency,
    timing: { lockMs, stallCheckMs, unsettledMs: retryStorageMs },
    handlers: makeHandlers(deps),
    around: around(deps),
    settle: settleOf(deps),
    hold: (queue, ms) => steps.hold(queue, ms),
    onEnded: deps.measured.jobs.ended,
    logger,
  });
  deps.measured.working = consumer;
  await consumer.ready();
  owner.own(keepReconciling(deps, consumer), (each) => each.stop());
  showItself(deps, consumer);
  return consumer;
}

function settleOf(deps: WorkerDeps) {
  const { announcer, config, logger } = deps;
  const { retryMs, retryStorageMs, probeMs } = deps.timing;
  return makeSettle({
    ...deps,
    fallback: config.authoring.fallback,
    random: Math.random,
    timing: { retryMs, retryStorageMs, probeMs },
    onFailed: ({ author }, code) => deps.measured.generation({ status: 'failed', author, code }),
    onHeld() {
      announcer
        .announce({ kind: 'holds.changed' })
        .catch((error) => logger.debug('holds not announced', { error }));
    },
  });
}

function showItself({ id, clock, fleet, logger, owner }: WorkerDeps, consumer: Consumer): void {
  const startedAt = clock.now().toString();
  const describe = () => ({
    id,
    startedAt,
    queues: [...consumer.queues],
    activeJobs: consumer.activeJobs(),
  });
  owner.own(keepReporting({ fleet, describe, logger }), (each) => each.stop());
}
