import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '@texas-ai/config';
import { connectProducer, listenToAnnouncements, untilReady } from '@texas-ai/jobs';
import { dayKey, makeReadCache } from '@texas-ai/storage';
import {
  buildProfile,
  makeLogSpy,
  makeTestDatabase,
  type TestDatabase,
  testServices,
} from '@texas-ai/testing';
import { pruneOldData } from './prune.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

let db: TestDatabase;
let results: string[];
let progress: string[];
beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  results = [];
  progress = [];
  for (const table of ['days', 'generations', 'characters']) await db.database(table).delete();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas' }), hash: 'hash' },
  ]);
  await db.database.raw(`
    INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash, status,
      error_code, finished_at, brief, chapters_total, chapters_written)
    VALUES
      (gen_random_uuid(), 'texas', '2020-01-01', 1, 'offline', 'x', 'failed', 'aborted', '2020-01-01', '{}', 1, 1),
      (gen_random_uuid(), 'texas', '2020-01-02', 1, 'offline', 'x', 'published', NULL, '2020-01-02', '{}', 1, 1);
    INSERT INTO days SELECT character_id, date, id FROM generations WHERE status = 'published'`);
});

function depsOn(environment: Record<string, string>, retention: object = {}) {
  const config = loadConfig({
    root,
    environment: { NODE_ENV: 'test', DATABASE_URL: db.url, ...environment },
    needs: { database: false, redis: false },
  });
  return {
    config: { ...config, retention: { ...config.retention, ...retention } },
    logger: makeLogSpy(),
    stopSignal: () => new AbortController().signal,
    output: {
      result: (text: string) => results.push(text),
      progress: (line: string) => progress.push(line),
    },
  };
}
const countGenerations = async () =>
  Number((await db.database('generations').count({ count: '*' }))[0]?.count);

describe('prune', () => {
  test('prints what would be removed with --dry-run, and what was removed without it', async () => {
    expect(await pruneOldData(depsOn({}), { dryRun: true, json: false })).toBe(0);
    const table = results.pop()?.split('\n') ?? [];
    expect(table[0]).toMatch(/^DATA +DAYS KEPT +BEFORE +TO REMOVE$/);
    expect(table.join('\n')).toMatch(/failed or cancelled generations +30 +\d{4}-\d\d-\d\d +1$/m);
    expect(table.join('\n')).toMatch(/recovered alerts +365 +\d{4}-\d\d-\d\d +0$/m);
    expect(table.join('\n')).not.toMatch(/^days /m);
    expect(await countGenerations()).toBe(2);
    await pruneOldData(depsOn({}), { dryRun: false, json: false });
    expect(results.pop()).toMatch(/REMOVED\n(.+\n)*failed or cancelled generations +30 +\S+ +1\n/);
    expect(await countGenerations()).toBe(1);
  });

  test('with --json prints one document', async () => {
    const deps = depsOn({}, { experiencesDays: 10 });
    await pruneOldData(deps, { dryRun: true, json: true });
    const { dryRun, removed } = JSON.parse(results.join('\n'));
    expect(dryRun).toBe(true);
    expect(removed).toContainEqual({
      kind: 'days',
      days: 10,
      before: { date: expect.any(String), instant: expect.any(String) },
      count: 1,
    });
  });

  test('drops days from the cache', async () => {
    const logger = makeLogSpy();
    const { redisUrl: url } = testServices();
    const connection = connectProducer({ url, logger });
    const announcements = listenToAnnouncements({ url, logger });
    const cache = makeReadCache({ connection, logger, memoryEntries: 0, dropAgainMs: 1 });
    try {
      await Promise.all([untilReady(connection), announcements.ready()]);
      const key = dayKey('texas', '2020-01-02');
      let builds = 0;
      const read = () => cache.read(key, 60, async () => ({ built: ++builds }));
      await read();
      await read();
      expect(builds).toBe(1);
      const announced = new Promise((resolve) => announcements.onAnnouncement(resolve));
      await pruneOldData(depsOn({ REDIS_URL: url }, { experiencesDays: 10 }), {
        dryRun: false,
        json: false,
      });
      expect(await announced).toEqual({ kind: 'day.gone', character: 'texas', date: '2020-01-02' });
      cache.emptyMemory();
      await read();
      expect(builds).toBe(2);
      await cache.drop(key);
    } finally {
      await cache.close();
      await announcements.close();
      connection.disconnect();
    }
    expect(progress).toEqual([]);
    expect(await countGenerations()).toBe(0);
  });

  test('warns that caches may serve removed days if no Redis is configured', async () => {
    await pruneOldData(depsOn({}, { experiencesDays: 10 }), { dryRun: false, json: false });
    expect(progress).toEqual([expect.stringContaining('for up to a day')]);
  });

  test('keeps days if the cache is down', async () => {
    const deps = depsOn({ REDIS_URL: 'redis://127.0.0.1:1' }, { experiencesDays: 10 });
    const pruning = pruneOldData(deps, { dryRun: false, json: false });
    await expect(pruning).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(await db.database('days')).toHaveLength(1);
  });

  test('stops on a stop signal', async () => {
    const stopSignal = () => AbortSignal.abort();
    const pruning = pruneOldData({ ...depsOn({}), stopSignal }, { dryRun: false, json: false });
    await expect(pruning).rejects.toMatchObject({ code: 'aborted' });
    expect(await countGenerations()).toBe(2);
  });

  test('runs only once at a time', async () => {
    await db.store.exclusively('prune', async () => {
      const pruning = pruneOldData(depsOn({}), { dryRun: false, json: false });
      await expect(pruning).rejects.toMatchObject({ code: 'storage_conflict' });
    });
  });
});
