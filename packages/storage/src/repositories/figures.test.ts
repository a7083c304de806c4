import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeBackupRepository } from './backups.js';
import { makeFigures, type SystemFigures } from './figures.js';

let db: TestDatabase;
let figures: SystemFigures;
beforeAll(async () => {
  db = await makeTestDatabase();
  figures = makeFigures(db.database);
  const profiles = ['texas', 'lappland', 'gone'].map((id) => buildProfile('en', { id }));
  const records = profiles.map((profile) => ({ profile, hash: 'one' }));
  await db.store.characters.synchronise(records);
  // The profile of the third is no longer among them.
  await db.store.characters.synchronise(records.slice(0, 2));
});
afterAll(() => db.drop());

test('of an empty system', async () => {
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

test('the last good backup, and the last verification though that was of another', async () => {
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
