import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createKey, revokeKey } from '@texas-ai/access';
import { loadConfig, processEnvironment } from '@texas-ai/config';
import { makeBackupRepository, makeKeyRepository } from '@texas-ai/storage';
import { buildProfile, makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { createBackup, listBackups, verifyLastBackup } from './backup.js';
import type { CliDeps } from './deps.js';
import { type RestoreOptions, restore } from './restore.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

let db: TestDatabase;
let folder: string;
let results: string[];
let deps: CliDeps;
beforeEach(async () => {
  db = await makeTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'texas-restore-'));
  results = [];
  const environment = { NODE_ENV: 'test', DATABASE_URL: db.url, BACKUP_DIR: folder };
  deps = {
    root,
    config: loadConfig({ root, environment, needs: { database: false, redis: false } }),
    environment: processEnvironment(),
    logger: makeLogSpy(),
    output: { result: (text) => results.push(text), progress: () => undefined },
    stopSignal: () => new AbortController().signal,
  };
  await profile('texas');
});
afterEach(async () => {
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

const profile = (id: string) =>
  db.store.characters.synchronise([{ profile: buildProfile('zh', { id }), hash: id }]);
const characters = async () =>
  (await db.database('characters').select('id').orderBy('id')).map(({ id }) => id);
const options = (changes: Partial<RestoreOptions> = {}): RestoreOptions => ({
  live: false,
  unverified: false,
  restorePoint: true,
  keepOld: false,
  ...changes,
});
const backUp = () => createBackup(deps, { json: false });
const dumps = () => readdirSync(folder).filter((name) => name.endsWith('.dump'));

test('creates, lists and verifies a backup', async () => {
  expect(await backUp()).toBe(0);
  expect(await verifyLastBackup(deps)).toBe(0);
  expect(await listBackups(deps, { json: false })).toBe(0);
  const [made, verified, list] = results;
  const [file = ''] = dumps();
  expect(made).toBe(`${folder}/${file} (0.0 MB, in folder)`);
  expect(verified).toBe(`${file} was restored and every table is the same.`);
  expect(list).toMatch(/^STATE .*\ngood {3}requested .* folder {2}texas-.*\.dump$/);
});

test('reports a role that may not create databases, in the list of backups too', async () => {
  const role = `app_${randomUUID().slice(0, 8)}`;
  await db.database.raw(`
    CREATE ROLE ${role} LOGIN PASSWORD 'pw';
    GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
  try {
    const url = new URL(db.url);
    url.username = role;
    url.password = 'pw';
    const environment = { NODE_ENV: 'test', DATABASE_URL: url.href, BACKUP_DIR: folder };
    const config = loadConfig({ root, environment, needs: { database: false, redis: false } });
    deps = { ...deps, config };
    expect(await backUp()).toBe(0);
    const expected = {
      code: 'restore_failed',
      message: expect.stringMatching(/permission denied to create database.*CREATEDB/),
    };
    await expect(verifyLastBackup(deps)).rejects.toMatchObject(expected);
    const [listed] = await makeBackupRepository(db.database).list({ limit: 1 });
    expect(listed).toMatchObject({ state: 'good', error: expected });
  } finally {
    await db.database.raw(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test('a backup names foreign objects, and a restore keeps them', async () => {
  await db.database.raw('CREATE EXTENSION hstore; CREATE SCHEMA monitoring');
  const progress: string[] = [];
  deps = { ...deps, output: { ...deps.output, progress: (text) => progress.push(text) } };
  await backUp();
  expect(progress.at(-1)).toBe(
    'Not included, because it does not belong to Texas AI: extension hstore, schema monitoring.',
  );
  expect(await restore(deps, 'latest', options({ live: true, restorePoint: false }))).toBe(0);
  const [, kept = ''] = /The previous database is now (\S+)\./.exec(results.at(-2) ?? '') ?? [];
  expect(results.at(-1)).toBe(
    `${kept} is kept because it also contains objects that do not belong to Texas AI and are in no backup: extension hstore, schema monitoring. Recreate them in ${new URL(db.url).pathname.slice(1)}, then drop ${kept}.`,
  );
  await db.database.raw(`DROP DATABASE ${kept}`);
});

describe('restore to a live database', () => {
  test('requires --live', async () => {
    await backUp();
    await expect(restore(deps, 'latest', options())).rejects.toMatchObject({
      code: 'restore_target_not_empty',
      message: expect.stringContaining('--live'),
    });
    expect(dumps()).toHaveLength(1);
  });

  test('makes a restore point and names keys that are valid again', async () => {
    const keys = makeKeyRepository(db.database);
    const { key } = await createKey(keys, { name: 'phone', scopeList: 'read' });
    await backUp();
    await profile('lappland');
    await revokeKey(keys, key.id);
    expect(await restore(deps, 'latest', options({ live: true }))).toBe(0);
    expect(await characters()).toEqual(['texas']);
    expect(results.at(-1)).toBe(
      `The key “phone” (texas_${key.short}) was revoked after this backup and is valid again: npm run texas -- key revoke texas_${key.short}`,
    );
    expect(results.at(-2)).toMatch(
      /was restored into .*: \d+ tables, \d+ rows\. The previous database is gone\./,
    );
    // The restored database had its own dump as unfinished, and no record of the restore point.
    const known = await makeBackupRepository(db.database).list({ limit: 9 });
    expect(known.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'restore-point good',
      'requested good',
    ]);
    const point = known[0]?.file ?? '';
    expect(await restore(deps, point, options({ live: true, restorePoint: false }))).toBe(0);
    expect(await characters()).toEqual(['lappland', 'texas']);
    expect(dumps()).toHaveLength(2);
  });

  test('requires --unverified for a dump without a manifest', async () => {
    await backUp();
    const [file = ''] = dumps();
    renameSync(join(folder, file.replace('.dump', '.json')), join(folder, 'lost'));
    await profile('lappland');
    const live = options({ live: true, restorePoint: false });
    await expect(restore(deps, file, live)).rejects.toMatchObject({
      code: 'backup_invalid',
      message: expect.stringContaining('--unverified'),
    });
    expect(await characters()).toEqual(['lappland', 'texas']);
    expect(await restore(deps, file, { ...live, unverified: true })).toBe(0);
    expect(await characters()).toEqual(['texas']);
  });
});

test('reports a missing backup and leaves no files behind', async () => {
  await expect(restore(deps, 'latest', options({ live: true }))).rejects.toMatchObject({
    code: 'backup_invalid',
  });
  await expect(restore(deps, 'texas-x.dump', options())).rejects.toMatchObject({
    code: 'backup_invalid',
    message: 'There is no backup texas-x.dump.',
  });
  expect(readdirSync(folder)).toEqual([]);
});
