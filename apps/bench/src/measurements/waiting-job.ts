import { randomUUID } from 'node:crypto';
import type { Queues } from '@texas-ai/jobs';
import { Queue } from 'bullmq';
import { defineMeasurement } from '../measurement.js';
import { redisInfo } from '../servers.js';
import { openUseCaseDeps } from '../use-cases.js';

const jobs = 50_000;
const batch = 1_000;

/** Redis' maximum length of a value in a packed hash, in bytes: the default, and one that fits a job. */
const packing = { setting: 'hash-max-listpack-value', byDefault: 64, forJobs: 512 };

/** Redis memory of a waiting plan-day job of the scheduler, compared with a bare job. */
export const waitingJob = defineMeasurement({
  id: 'waiting-job',
  title: `Redis memory of ${jobs.toLocaleString('en')} waiting jobs`,
  needs: [],
  async measure({ servers, logger }) {
    const { steps, queues, owner } = await openUseCaseDeps(servers, logger);
    const { connection } = queues;
    const bare = new Queue('bare', { connection: { url: servers.redisUrl } });
    const pack = (bytes: number) => connection.config('SET', packing.setting, bytes);
    try {
      const ours = await growthPerJob(queues, queues.get('author-gemini'), () =>
        steps.enqueue(stepsOfNight()),
      );
      await pack(packing.forJobs);
      const packed = await growthPerJob(queues, queues.get('author-gemini'), () =>
        steps.enqueue(stepsOfNight()),
      );
      await pack(packing.byDefault);
      const floor = {
        name: 'a bare BullMQ job with one id',
        value: await growthPerJob(queues, bare, () => bare.addBulk(bareJobs())),
      };
      return [
        {
          id: 'redis-per-waiting-job',
          name: 'Redis memory per day waiting to be planned',
          value: ours,
          unit: 'bytes',
          floor,
        },
        {
          id: 'redis-per-waiting-job-packed',
          name: `… with ${packing.setting} ${packing.forJobs}`,
          value: packed,
          unit: 'bytes',
          floor,
        },
      ];
    } finally {
      await pack(packing.byDefault);
      await bare.close();
      await owner.closeAll();
    }
  },
});

function stepsOfNight() {
  return Array.from({ length: batch }, () => ({
    kind: 'plan-day' as const,
    generationId: randomUUID(),
    run: 1,
    author: 'gemini' as const,
    askedBy: 'night' as const,
    requestId: null,
  }));
}

function bareJobs() {
  return Array.from({ length: batch }, () => ({ name: 'plan-day', data: { id: randomUUID() } }));
}

/** Returns the growth of Redis per job, in bytes; leaves the queue empty. */
async function growthPerJob(
  { connection }: Queues,
  queue: Queue,
  addBatch: () => Promise<unknown>,
): Promise<number> {
  const used = () => redisInfo(connection, 'memory', 'used_memory');
  // Create the queue's own keys and scripts first.
  await addBatch();
  const before = await used();
  for (let added = 0; added < jobs; added += batch) await addBatch();
  const grown = (await used()) - before;
  const { waiting = 0, prioritized = 0 } = await queue.getJobCounts('waiting', 'prioritized');
  if (waiting + prioritized !== jobs + batch) throw new Error('Not all jobs are waiting.');
  await queue.obliterate({ force: true });
  return grown / jobs;
}
