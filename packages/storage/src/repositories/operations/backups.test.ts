import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BackupRepository } from '@texas-ai/backup';
import { Temporal } from '@texas-ai/kernel';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeBackupRepository } from './backups.js';

let db: TestDatabase;
let backups: BackupRepository;
beforeAll(async () => {
  db = await makeTestDatabase();
  backups = makeBackupRepository(db.database);
});
afterAll(() => db.drop());
beforeEach(() => db.database('backups').delete());

const made = {
  file: 'texas-20261125T020000Z-019ac0a5.dump',
  size: 1_000,
  sha256: 'a'.repeat(64),
  encrypted: false,
  places: ['folder'],
  error: null,
};

test('simultaneous requests share one backup', async () => {
  const requested = await Promise.all([1, 2, 3].map(() => backups.request('requested')));
  expect(new Set(requested.map(({ id }) => id)).size).toBe(1);
  const [{ id } = { id: '' }] = requested;
  expect(await backups.begin(id)).toMatchObject({ id, state: 'running' });
  expect((await backups.request('scheduled')).id).toBe(id);
  await backups.good(id, made);
  expect((await backups.request('scheduled')).id).not.toBe(id);
});

test('a backup whose process died is made again, and fails once another begins', async () => {
  const { id } = await backups.request('scheduled');
  await backups.begin(id);
  expect(await backups.begin(id)).toMatchObject({ state: 'running' });
  await db
    .database('backups')
    .where({ id })
    .update({ state: 'good', ...sized });
  const next = await backups.request('scheduled');
  await db.database('backups').where({ id: next.id }).update({ state: 'running' });
  await db.database.raw('DROP INDEX backups_in_flight');
  const after = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';
  await db.database('backups').insert({ id: after, kind: 'requested' });
  await backups.begin(after);
  expect(await backups.find(next.id)).toMatchObject({
    state: 'failed',
    error: { code: 'backup_failed', message: 'The process that made the backup ended.' },
  });
  await db.database('backups').delete();
  await db.database.raw(
    "CREATE UNIQUE INDEX backups_in_flight ON backups ((true)) WHERE state IN ('queued', 'running')",
  );
});
const sized = { file: made.file, size: made.size, sha256: made.sha256 };

test('only a queued or running backup begins, and a postponed one is queued again', async () => {
  const { id } = await backups.request('requested');
  await backups.begin(id);
  await backups.postponed(id);
  expect((await backups.queued()).map((each) => each.id)).toEqual([id]);
  await backups.begin(id);
  await backups.failed(id, 'backup_failed', 'The disk is full.');
  expect(await backups.begin(id)).toBeNull();
  expect(await backups.find(id)).toMatchObject({
    state: 'failed',
    error: { code: 'backup_failed', message: 'The disk is full.' },
  });
});

test('the last good backup is not one that failed, is bad or was pruned', async () => {
  const ids: string[] = [];
  for (const _time of [1, 2, 3, 4]) {
    const { id } = await backups.request('scheduled');
    ids.push(id);
    await backups.begin(id);
    await backups.good(id, made);
  }
  const [first = '', second = '', third = '', fourth = ''] = ids;
  await backups.pruned([fourth]);
  await backups.bad(third, 'backup_invalid', 'It differs.');
  await backups.verified(second);
  const last = await backups.lastGood();
  expect(last).toMatchObject({ id: second, verifiedAt: expect.anything() });
  expect((await backups.list({ limit: 2 })).map(({ id }) => id)).toEqual([fourth, third]);
  expect((await backups.list({ limit: 9, after: third })).map(({ id }) => id)).toEqual([
    second,
    first,
  ]);
});

test('the error of a verification stays until one succeeds, and does not replace that of a copy', async () => {
  const { id } = await backups.request('scheduled');
  await backups.begin(id);
  await backups.good(id, made);
  const denied = { code: 'restore_failed', message: 'It may make no database.' } as const;
  await backups.unverified(id, denied.code, denied.message);
  expect(await backups.lastGood()).toMatchObject({ id, error: denied, verifiedAt: null });
  await backups.verified(id);
  expect(await backups.find(id)).toMatchObject({ error: null, verifiedAt: expect.anything() });
  const notCopied = { code: 'backup_target_unavailable', message: 'It was not taken.' } as const;
  await backups.good(id, { ...made, error: notCopied });
  await backups.unverified(id, denied.code, denied.message);
  await backups.verified(id);
  expect(await backups.find(id)).toMatchObject({ error: notCopied });
});

test('a manifest is adopted once, even if its record says running', async () => {
  const { id } = await backups.request('scheduled');
  await backups.begin(id);
  const { error: _, ...known } = made;
  const createdAt = Temporal.Instant.from('2026-11-25T02:00:00Z');
  const manifest = { ...known, id, kind: 'scheduled' as const, createdAt };
  await backups.adopt(manifest);
  await backups.adopt({ ...manifest, size: 7 });
  const unknown = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';
  await backups.adopt({ ...manifest, id: unknown });
  for (const each of [id, unknown]) {
    expect(await backups.find(each)).toMatchObject({ state: 'good', size: 1_000, file: made.file });
  }
});
