import { afterAll, afterEach, expect, test } from '@jest/globals';
import { type PgBouncer, type PgBouncerOptions, startPgBouncer } from '@texas-ai/testing';
import { makeTemporaryFolder, never } from '../../test/backup-run.js';
import { makeOwnedDatabase, type OwnedDatabase } from '../../test/owned-database.js';
import { fingerprintDatabase } from '../restore/load-dump.js';
import { withConnection } from './connection.js';

const folder = makeTemporaryFolder();
let db: OwnedDatabase;
let bouncer: PgBouncer | undefined;
afterEach(async () => {
  await bouncer?.stop();
  await db.drop();
});
afterAll(() => folder.remove());

/** Returns the database's URL through PgBouncer; undefined if PgBouncer is not available. */
async function behindPgBouncer(options: Omit<PgBouncerOptions, 'databaseUrl'>) {
  db = await makeOwnedDatabase();
  bouncer = await startPgBouncer({ databaseUrl: db.url, ...options });
  return bouncer?.url;
}

test('a backup is made, verified and restored over a live database through PgBouncer', async () => {
  const databaseUrl = await behindPgBouncer({ mode: 'session' });
  if (databaseUrl === undefined) return;
  const made = await db.backUp(folder.folder, { databaseUrl });
  await db.verify(made, { databaseUrl });
  const restoring = withConnection(databaseUrl, never, async (session) => {
    await session.query('DELETE FROM bookings');
    expect(await db.restore(made, { databaseUrl })).toMatchObject({
      how: 'swapped',
      keptAs: null,
      notApplied: [],
    });
  });
  // The session was in the replaced database.
  await expect(restoring).rejects.toThrow();
  expect((await fingerprintDatabase(databaseUrl, never)).tables).toEqual(made.manifest.tables);
});

test('a backup that PgBouncer cannot connect fails with the reason and advice', async () => {
  const databaseUrl = await behindPgBouncer({ mode: 'session', databases: 'itself' });
  if (databaseUrl === undefined) return;
  const made = await db.backUp(folder.folder, { databaseUrl });
  await expect(db.verify(made, { databaseUrl })).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringMatching(/no such database: postgres\. .*entry "\* = …"/),
  });
});

test.each(['transaction', 'statement'] as const)(
  '%s mode prevents backups and restores',
  async (mode) => {
    const databaseUrl = await behindPgBouncer({ mode });
    if (databaseUrl === undefined) return;
    const refused = { code: 'config_invalid', message: expect.stringMatching(/pool_mode/) };
    const made = await db.backUp(folder.folder);
    await expect(db.backUp(folder.folder, { databaseUrl })).rejects.toMatchObject(refused);
    await expect(db.verify(made, { databaseUrl })).rejects.toMatchObject(refused);
    await expect(db.restore(made, { databaseUrl })).rejects.toMatchObject(refused);
    expect((await fingerprintDatabase(db.url, never)).tables).toEqual(made.manifest.tables);
  },
);
