import { expect, test } from '@jest/globals';
import type { FleetWorker } from '@texas-ai/jobs';
import { Temporal } from '@texas-ai/kernel';
import { makeAvailableAuthors } from './available-authors.js';

const worker = (...queues: string[]): FleetWorker => ({
  id: queues.join(),
  startedAt: '2026-11-25T00:00:00Z',
  queues,
  activeJobs: [],
});

/** Looks of a process that itself publishes days, and has patience for a minute. */
function looking() {
  let now = Temporal.Instant.from('2026-11-25T04:00:00Z');
  let workers: readonly FleetWorker[] | null = [];
  const look = makeAvailableAuthors({
    fleet: {
      workers: async () => {
        if (workers === null) throw new Error('Redis is away.');
        return [...workers];
      },
    },
    workedQueues: ['days'],
    clock: { now: () => now },
    patienceMs: 60_000,
  });
  return {
    after(seconds: number, seen: readonly FleetWorker[] | null) {
      now = now.add({ seconds });
      workers = seen;
      return look();
    },
  };
}

const both = ['gemini', 'offline'];
const all = [worker('author-gemini', 'author-offline')];

test('an author whose worker restarts, or whom a wiped Redis forgot, is worked still', async () => {
  const { after } = looking();
  expect(await after(0, [])).toEqual(both);
  expect(await after(15, all)).toEqual(both);
  for (let looks = 0; looks < 4; looks++) expect(await after(15, [])).toEqual(both);
  expect(await after(0, all)).toEqual(both);
  expect(await after(60, [])).toEqual(both);
});

test('an author that look after look misses is not worked, until somebody is there again', async () => {
  const { after } = looking();
  await after(0, all);
  for (let looks = 0; looks < 4; looks++) await after(15, [worker('author-offline')]);
  expect(await after(15, [worker('author-offline')])).toEqual(['offline']);
  expect(await after(15, [])).toEqual(['offline']);
  expect(await after(15, all)).toEqual(both);
});

test('who could not see the fleet, or has not looked for long, gives everybody time again', async () => {
  const { after } = looking();
  await after(0, all);
  expect(await after(50, null)).toEqual(both);
  expect(await after(50, [])).toEqual(both);
  expect(await after(61, [])).toEqual(both);
  for (let looks = 0; looks < 4; looks++) await after(15, []);
  expect(await after(15, [])).toEqual([]);
});
