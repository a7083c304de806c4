import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BackupRecord } from '@texas-ai/backup';
import { until } from '@texas-ai/testing';
import { startFleet } from '../test/test-fleet.js';
import type { WorkerDeps } from './deps.js';
import { wantedSchedules } from './reconcile/wanted-schedules.js';

let folder: string;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let deps: WorkerDeps;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'texas-backups-'));
  fleet = await startFleet({ environment: { BACKUP_DIR: join(folder, 'dumps') } });
  ({ deps } = await fleet.startWorker());
});
afterEach(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ended(id: string): Promise<BackupRecord> {
  let record: BackupRecord | null = null;
  await until(async () => {
    record = await deps.backupDeps.backups.find(id);
    return record !== null && record.state !== 'queued' && record.state !== 'running';
  });
  return record as unknown as BackupRecord;
}
const requestBackup = async () => (await deps.backupDeps.backups.request('requested')).id;

test('a requested backup is made even if its job was never enqueued, and is verified', async () => {
  const id = await requestBackup();
  const record = await ended(id);
  expect(record).toMatchObject({ state: 'good', places: ['folder'], encrypted: false });
  const files = readdirSync(join(folder, 'dumps')).sort();
  expect(files).toEqual([record.file, record.file?.replace('.dump', '.json')].sort());
  await deps.queues.get('maintenance').add('verify-backup', { version: 1 });
  await until(async () => Boolean((await deps.backupDeps.backups.find(id))?.verifiedAt));
});

test('simultaneous requests on several workers make one backup', async () => {
  await fleet.startWorker();
  const ids = await Promise.all([requestBackup(), requestBackup(), requestBackup()]);
  const { steps } = deps;
  await Promise.all(ids.map((id) => steps.backUp(id)));
  await ended(ids[0] ?? '');
  expect(readdirSync(join(folder, 'dumps'))).toHaveLength(2);
});

test('a failed backup raises one alert, and the next good one ends it', async () => {
  const blocked = join(folder, 'dumps');
  writeFileSync(blocked, 'A file is in the way of the folder.');
  const failed = await ended(await requestBackup());
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'backup_failed' } });
  const open = async () => (await deps.alertRepository.open()).map(({ kind }) => kind);
  await until(async () => (await open()).includes('backup_failed'));
  rmSync(blocked);
  mkdirSync(blocked);
  expect(await ended(await requestBackup())).toMatchObject({ state: 'good' });
  await until(async () => !(await open()).includes('backup_failed'));
});

test('the prune job removes data older than configured', async () => {
  await deps.database.raw(`
    INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash, status, error_code, finished_at)
    VALUES (gen_random_uuid(), 'texas', '2020-01-01', 1, 'offline', 'x', 'failed', 'aborted', '2020-01-01')`);
  await deps.queues.get('maintenance').add('prune', { version: 1 });
  const left = async () => Number((await deps.database('generations').count())[0]?.count);
  await until(async () => (await left()) === 0);
});

test('the schedules follow the configuration', () => {
  const { config } = deps;
  const settings = (backup: object, automatic = true) =>
    wantedSchedules({
      ...config,
      planning: { ...config.planning, automatic },
      backup: { ...config.backup, ...backup },
    }).map(({ job, pattern }) => `${job} ${pattern}`);
  expect(settings({ automatic: true })).toEqual([
    'prune 0 3 * * *',
    'plan-due-days * * * * *',
    'backup 0 2 * * *',
    'verify-backup 30 2 * * 0',
  ]);
  expect(settings({ automatic: true, time: '23:45', verify: 'daily' }, false)).toEqual([
    'prune 45 0 * * *',
    'backup 45 23 * * *',
    'verify-backup 15 0 * * *',
  ]);
  expect(settings({ automatic: true, verify: 'never' }, false)).toHaveLength(2);
  const encrypted = { automatic: true, ageRecipient: 'age1x' };
  expect(settings({ ...encrypted, ageIdentityFile: null }, false)).toHaveLength(2);
  expect(settings({ ...encrypted, ageIdentityFile: '/key' }, false)).toHaveLength(3);
  expect(settings({ automatic: false }, false)).toEqual(['prune 0 3 * * *']);
});
