import { randomUUID } from 'node:crypto';
import { afterEach, expect, jest, test } from '@jest/globals';
import { makeOwner } from '@texas-ai/kernel';
import { makeLogSpy, testServices } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import { type FleetWorker, makeFleet, neglectedQueues, startReporting } from './fleet.js';

const owner = makeOwner();
afterEach(() => owner.closeAll());

function fleetOnRedis() {
  const prefix = `test-${randomUUID()}`;
  const connection = owner.own(new Redis(testServices().redisUrl), (each) => each.disconnect());
  return { connection, prefix, fleet: makeFleet({ connection, prefix }) };
}

const worker = (id: string, startedAt = '2026-11-23T00:00:00Z'): FleetWorker => ({
  id,
  startedAt,
  queues: ['days'],
  activeJobs: [{ id: 'job', name: 'publish-day', queue: 'days', startedAt }],
});

test('workers are listed by their reports, the longest running first', async () => {
  const { fleet } = fleetOnRedis();
  expect(await fleet.workers()).toEqual([]);
  const late = worker('late', '2026-11-23T01:00:00Z');
  const early = worker('early');
  await fleet.report(late);
  await fleet.report(early);
  expect(await fleet.workers()).toEqual([early, late]);
  const idle = { ...early, activeJobs: [] };
  await fleet.report(idle);
  expect(await fleet.workers()).toEqual([idle, late]);
});

test('a worker is removed when it leaves, and when it stops reporting', async () => {
  const { fleet, connection, prefix } = fleetOnRedis();
  for (const id of ['leaves', 'dies', 'stays']) await fleet.report(worker(id));
  await fleet.leave('leaves');
  const ttl = await connection.ttl(`${prefix}:fleet:dies`);
  expect(ttl).toBeGreaterThan(0);
  expect(ttl).toBeLessThanOrEqual(15);
  // What Redis does when that time is over.
  await connection.del(`${prefix}:fleet:dies`);
  expect((await fleet.workers()).map(({ id }) => id)).toEqual(['stays']);
  expect(await connection.smembers(`${prefix}:fleet`)).toEqual(['stays']);
});

test('reports of other releases are ignored', async () => {
  const { fleet, connection, prefix } = fleetOnRedis();
  await connection.sadd(`${prefix}:fleet`, 'odd', 'broken');
  await connection.mset(`${prefix}:fleet:odd`, '{"id":1}', `${prefix}:fleet:broken`, '{');
  await fleet.report(worker('known'));
  expect((await fleet.workers()).map(({ id }) => id)).toEqual(['known']);
});

test('a worker reports periodically until it stops, even if reports fail', async () => {
  jest.useFakeTimers();
  try {
    const reports: string[] = [];
    const left: string[] = [];
    const logger = makeLogSpy();
    const reporting = startReporting({
      fleet: {
        async report({ id }) {
          reports.push(id);
          throw new Error('Redis is away.');
        },
        leave: async (id) => void left.push(id),
        workers: async () => [],
      },
      describe: () => worker(`w${reports.length}`),
      logger,
    });
    expect(reports).toEqual(['w0']);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(reports).toEqual(['w0', 'w1', 'w2']);
    await reporting.stop();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(reports).toHaveLength(3);
    expect(left).toEqual(['w3']);
  } finally {
    jest.useRealTimers();
  }
});

test('a queue is neglected if it has waiting jobs and no worker serves it', () => {
  const waiting = new Map([
    ['author-gemini', 3],
    ['author-offline', 0],
    ['days', 1],
  ] as const);
  expect(neglectedQueues([], waiting)).toEqual(['author-gemini', 'days']);
  expect(neglectedQueues([{ queues: ['days'] }], waiting)).toEqual(['author-gemini']);
  expect(neglectedQueues([{ queues: ['author-gemini', 'days'] }], waiting)).toEqual([]);
  expect(neglectedQueues([], new Map())).toEqual([]);
});
