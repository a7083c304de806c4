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

/** The available authors as a worker of the queue `days` sees them, with one minute of patience. */
function setup() {
  let now = Temporal.Instant.from('2026-11-25T04:00:00Z');
  let workers: readonly FleetWorker[] | null = [];
  const availableAuthors = makeAvailableAuthors({
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
    after(seconds: number, live: readonly FleetWorker[] | null) {
      now = now.add({ seconds });
      workers = live;
      return availableAuthors();
    },
  };
}

const both = ['gemini', 'offline'];
const all = [worker('author-gemini', 'author-offline')];

test('an author stays available while its worker restarts or Redis has been wiped', async () => {
  const { after } = setup();
  expect(await after(0, [])).toEqual(both);
  expect(await after(15, all)).toEqual(both);
  for (let reads = 0; reads < 4; reads++) expect(await after(15, [])).toEqual(both);
  expect(await after(0, all)).toEqual(both);
  expect(await after(60, [])).toEqual(both);
});

test('an author unseen for too long is unavailable until a worker is back', async () => {
  const { after } = setup();
  await after(0, all);
  for (let reads = 0; reads < 4; reads++) await after(15, [worker('author-offline')]);
  expect(await after(15, [worker('author-offline')])).toEqual(['offline']);
  expect(await after(15, [])).toEqual(['offline']);
  expect(await after(15, all)).toEqual(both);
});

test('after a failed read, or a long time without one, every author counts as just seen', async () => {
  const { after } = setup();
  await after(0, all);
  expect(await after(50, null)).toEqual(both);
  expect(await after(50, [])).toEqual(both);
  expect(await after(61, [])).toEqual(both);
  for (let reads = 0; reads < 4; reads++) await after(15, []);
  expect(await after(15, [])).toEqual([]);
});
