import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { insertDay } from '../../../test/generations.js';
import { makeBackupRepository } from './backups.js';
import { makeSystemStats, type SystemStats } from './system-stats.js';

let db: TestDatabase;
let figures: SystemStats;
beforeAll(async () => {
  db = await makeTestDatabase();
  figures = makeSystemStats(db.database);
  const profiles = ['texas', 'lappland', 'gone'].map((id) => buildProfile('en', { id }));
  const records = profiles.map((profile) => ({ profile, hash: 'one' }));
  await db.store.characters.synchronise(records);
  // The third has no profile file any more.
  await db.store.characters.synchronise(records.slice(0, 2));
});
afterAll(() => db.drop());

test('an empty system has no figures', async () => {
  expect(await figures.unfinished()).toEqual([]);
  expect(await figures.characters()).toBe(2);
  const now = Temporal.Instant.from('2026-11-23T04:00:00Z');
  expect(await figures.publishedAt(['texas', 'nobody'], now)).toEqual(new Map());
  expect(await figures.backups()).toEqual({
    lastGoodAt: null,
    lastGoodBytes: null,
    lastVerifiedAt: null,
  });
});

test('a time zone that only Node or only PostgreSQL knows does not affect other characters', async () => {
  const inZone = (id: string, zone: string) =>
    db
      .database('characters')
      .where({ id })
      .update({
        profile: db.database.raw("jsonb_set(profile, '{timeZone}', to_jsonb(?::text))", [zone]),
      });
  const now = Temporal.Instant.from('2026-11-23T12:00:00Z');
  try {
    await inZone('lappland', 'SystemV/PST8PDT');
    await inZone('gone', 'CST');
    for (const id of ['texas', 'lappland', 'gone']) {
      await insertDay(db, { character_id: id, date: '2026-11-23' });
    }
    expect([...(await figures.publishedAt(['texas', 'lappland', 'gone'], now)).keys()]).toEqual(
      expect.arrayContaining(['texas', 'lappland']),
    );
    expect(await db.store.days.charactersWithout(now)).toBe(0);
    expect(await db.store.generations.toRewrite('gemini', now, 10)).toEqual([]);
  } finally {
    for (const table of ['days', 'generations']) await db.database(table).delete();
    for (const id of ['lappland', 'gone']) await inZone(id, 'Asia/Shanghai');
  }
});

test('backups has the last good one, and the last verification of any', async () => {
  const backups = makeBackupRepository(db.database);
  const made = {
    file: 'a.dump',
    sha256: 'a'.repeat(64),
    encrypted: false,
    places: [],
    error: null,
  };
  for (const size of [1_000, 2_000]) {
    const { id } = await backups.request('scheduled');
    await backups.begin(id);
    await backups.good(id, { ...made, size });
    if (size === 1_000) await backups.verified(id);
  }
  const failing = await backups.request('scheduled');
  await backups.failed(failing.id, 'backup_failed', 'no');
  const { lastGoodAt, lastGoodBytes, lastVerifiedAt } = await figures.backups();
  expect(lastGoodBytes).toBe(2_000);
  expect(lastGoodAt).toBeInstanceOf(Temporal.Instant);
  expect(lastVerifiedAt?.epochMilliseconds).toBeLessThanOrEqual(lastGoodAt?.epochMilliseconds ?? 0);
});
