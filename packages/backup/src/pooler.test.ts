import { afterAll, afterEach, expect, test } from '@jest/globals';
import { type PgBouncer, type PgBouncerOptions, startPgBouncer } from '@texas-ai/testing';
import { makeTemporaryFolder, never } from '../test/backup-run.js';
import { makeOwnedDatabase, type OwnedDatabase } from '../test/owned-database.js';
import { withConnection } from './connection.js';
import { holdingsOf } from './fill-database.js';

const folder = makeTemporaryFolder();
let db: OwnedDatabase;
let bouncer: PgBouncer | undefined;
afterEach(async () => {
  await bouncer?.stop();
  await db.drop();
});
afterAll(() => folder.remove());

/** The database by way of PgBouncer; undefined where there is no PgBouncer. */
async function behindPgBouncer(options: Omit<PgBouncerOptions, 'databaseUrl'>) {
  db = await makeOwnedDatabase();
  bouncer = await startPgBouncer({ databaseUrl: db.url, ...options });
  return bouncer?.url;
}

test('a backup is made, verified and restored in the place of a live database through PgBouncer', async () => {
  const databaseUrl = await behindPgBouncer({ mode: 'session' });
  if (databaseUrl === undefined) return;
  const made = await db.backUp(folder.folder, { databaseUrl });
  await db.verify(made, { databaseUrl });
  const restoring = withConnection(databaseUrl, never, async (session) => {
    await session.query('DELETE FROM bookings');
    expect(await db.restore(made, { databaseUrl })).toMatchObject({
      how: 'swapped',
      keptAs: null,
      notCarried: [],
    });
  });
  // The session was in the database that is gone.
  await expect(restoring).rejects.toThrow();
  expect((await holdingsOf(databaseUrl, never)).tables).toEqual(made.manifest.tables);
});

test('a backup that PgBouncer cannot connect says why and what to do', async () => {
  const databaseUrl = await behindPgBouncer({ mode: 'session', databases: 'itself' });
  if (databaseUrl === undefined) return;
  const made = await db.backUp(folder.folder, { databaseUrl });
  await expect(db.verify(made, { databaseUrl })).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringMatching(/no such database: postgres\. .*entry “\* = …”/),
  });
});

test.each(['transaction', 'statement'] as const)(
  'in %s mode nothing is made, and nothing is replaced',
  async (mode) => {
    const databaseUrl = await behindPgBouncer({ mode });
    if (databaseUrl === undefined) return;
    const refused = { code: 'config_invalid', message: expect.stringMatching(/pool_mode/) };
    const made = await db.backUp(folder.folder);
    await expect(db.backUp(folder.folder, { databaseUrl })).rejects.toMatchObject(refused);
    await expect(db.verify(made, { databaseUrl })).rejects.toMatchObject(refused);
    await expect(db.restore(made, { databaseUrl })).rejects.toMatchObject(refused);
    expect((await holdingsOf(db.url, never)).tables).toEqual(made.manifest.tables);
  },
);
