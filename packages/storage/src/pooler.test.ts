import { afterEach, expect, test } from '@jest/globals';
import {
  makeLogSpy,
  makeTestDatabase,
  type PgBouncer,
  type PgBouncerOptions,
  startPgBouncer,
  type TestDatabase,
} from '@texas-ai/testing';
import { type Database, openDatabase } from './database.js';
import { migrate, waitForMigrations } from './migrate.js';
import { makeStore } from './store.js';

let db: TestDatabase;
let bouncer: PgBouncer | undefined;
let pooled: Database | undefined;
afterEach(async () => {
  await pooled?.destroy();
  await bouncer?.stop();
  await db.drop();
});

/** A database behind PgBouncer with its defaults; undefined where there is no PgBouncer. */
async function behindPgBouncer(
  options: Omit<PgBouncerOptions, 'databaseUrl'>,
  prepare = '',
): Promise<Database | undefined> {
  db = await makeTestDatabase({ empty: true });
  if (prepare !== '') {
    await db.database.raw(prepare.replace('$database', new URL(db.url).pathname.slice(1)));
  }
  bouncer = await startPgBouncer({ databaseUrl: db.url, ...options });
  pooled =
    bouncer &&
    openDatabase({
      url: bouncer.url,
      applicationName: 'texas-test',
      poolMax: 3,
      connectTimeoutSeconds: 5,
      acquireTimeoutSeconds: 20,
      statementTimeoutSeconds: 20,
      idleInTransactionTimeoutSeconds: 20,
      logger: makeLogSpy(),
    });
  return pooled;
}

test.each([
  ['', []],
  ['ALTER DATABASE $database SET datestyle = German', []],
  // A session is handed on as it was left.
  ['', ['server_reset_query =', 'default_pool_size = 4']],
])('PgBouncer in session mode is as good as PostgreSQL itself', async (prepare, settings) => {
  const database = await behindPgBouncer({ mode: 'session', settings }, prepare);
  if (!database) return;
  expect(await migrate(database)).not.toEqual([]);
  const store = makeStore(database);
  expect(await store.now()).toBeDefined();
  const nested: boolean[] = [];
  const done = await store.exclusively('backup', async () => {
    nested.push(await store.exclusively('backup', async () => undefined));
  });
  expect([done, nested]).toEqual([true, [false]]);
});

test('a pool that PgBouncer gives one server session only is no sign of transaction mode', async () => {
  const database = await behindPgBouncer({
    mode: 'session',
    settings: ['default_pool_size = 1'],
  });
  if (!database) return;
  expect((await database.raw('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test.each<[PgBouncerOptions['mode'], string[]]>([
  ['transaction', []],
  ['transaction', ['server_round_robin = 1', 'min_pool_size = 3']],
  ['transaction', ['default_pool_size = 1']],
  ['statement', []],
])('PgBouncer in %s mode is refused, with %j', async (mode, settings) => {
  const database = await behindPgBouncer({ mode, settings });
  if (!database) return;
  const refused = {
    code: 'config_invalid',
    message: expect.stringMatching(/transaction or statement mode.*pool_mode = session/),
  };
  await expect(migrate(database)).rejects.toMatchObject(refused);
  const waiting = waitForMigrations(database, makeLogSpy(), new AbortController().signal);
  await expect(waiting).rejects.toMatchObject(refused);
  expect((await db.database.raw(`SELECT to_regclass('migrations') AS made`)).rows).toEqual([
    { made: null },
  ]);
});
