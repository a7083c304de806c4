import { afterEach, describe, expect, test } from '@jest/globals';
import { explain } from '@texas-ai/kernel';
import {
  makeLogSpy,
  makeTestDatabase,
  type PgBouncer,
  type PgBouncerOptions,
  startPgBouncer,
  type TestDatabase,
  until,
} from '@texas-ai/testing';
import { migrate, waitForMigrations } from '../migrations/migrate.js';
import { makeStore } from '../store.js';
import { type Database, openDatabase } from './database.js';
import { storageFailure } from './storage-failure.js';

let db: TestDatabase;
let bouncer: PgBouncer | undefined;
let pooled: Database | undefined;
afterEach(async () => {
  await pooled?.destroy();
  await bouncer?.stop();
  await db.drop();
});

/** A database behind PgBouncer with its defaults; undefined if PgBouncer is not installed. */
async function behindPgBouncer(
  options: Omit<PgBouncerOptions, 'databaseUrl'>,
  prepare = '',
  /** Changes the target of the database's address, or of PgBouncer's. */
  change: { server?: (url: URL) => void; pooler?: (url: URL) => void } = {},
): Promise<Database | undefined> {
  db = await makeTestDatabase({ empty: true });
  if (prepare !== '') {
    await db.database.raw(prepare.replace('$database', new URL(db.url).pathname.slice(1)));
  }
  bouncer = await startPgBouncer({ databaseUrl: changed(db.url, change.server), ...options });
  pooled =
    bouncer &&
    openDatabase({
      url: changed(bouncer.url, change.pooler),
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

function changed(address: string, change: (url: URL) => void = () => undefined): string {
  const url = new URL(address);
  change(url);
  return url.href;
}

test.each([
  ['', []],
  ['ALTER DATABASE $database SET datestyle = German', []],
  // Without DISCARD ALL, the next client inherits the session's state.
  ['', ['server_reset_query =', 'default_pool_size = 4']],
])('PgBouncer in session mode works like PostgreSQL itself', async (prepare, settings) => {
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

test('a pool with a single server session is not mistaken for transaction mode', async () => {
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
])('PgBouncer in %s mode is rejected, with %j', async (mode, settings) => {
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

describe('a failure that PgBouncer reports is storage_unavailable, with a fix', () => {
  /** What the store rejects with. */
  const failure = async (database: Database) => {
    const error = await makeStore(database)
      .now()
      .catch((error) => error);
    expect(error).toMatchObject({ code: 'storage_unavailable' });
    return explain(error);
  };

  test('PostgreSQL is down', async () => {
    const settings = ['client_login_timeout = 1'];
    const database = await behindPgBouncer({ mode: 'session', settings }, '', {
      server(url) {
        url.port = '1';
      },
    });
    if (!database) return;
    expect(await failure(database)).toMatch(
      /PgBouncer cannot connect to the database \(client_login_timeout.*Check that PostgreSQL is running/,
    );
  });

  test('PostgreSQL stops accepting connections', async () => {
    const database = await behindPgBouncer({ mode: 'session' });
    if (!database) return;
    expect(await makeStore(database).now()).toBeDefined();
    await db.database.raw(
      'UPDATE pg_database SET datallowconn = false WHERE datname = current_database()',
    );
    await db.database.raw(
      `SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await until(async () => /server login has been failing/.test(await failure(database)));
    expect(await failure(database)).toMatch(
      /PgBouncer cannot connect to the database \(server login has been failing.*Check that PostgreSQL is running/,
    );
  });

  test('no connection becomes free', async () => {
    const database = await behindPgBouncer({
      mode: 'session',
      settings: ['default_pool_size = 1', 'query_wait_timeout = 1'],
    });
    if (!database) return;
    const transaction = await database.transaction();
    expect(await failure(database)).toMatch(/\(query_wait_timeout\).*default_pool_size/);
    await transaction.rollback();
  });

  test('PgBouncer does not know the database', async () => {
    const database = await behindPgBouncer({ mode: 'session', databases: 'itself' }, '', {
      pooler(url) {
        url.pathname = '/elsewhere';
      },
    });
    if (!database) return;
    expect(await failure(database)).toMatch(/\(no such database: elsewhere\).*\[databases\]/);
  });

  test('PgBouncer does not accept a parameter', async () => {
    const database = await behindPgBouncer({ mode: 'session' }, '', {
      pooler(url) {
        url.searchParams.set('options', '-c geqo=off');
      },
    });
    if (!database) return;
    expect(await failure(database)).toMatch(
      /\(unsupported startup parameter: options\).*ignore_startup_parameters/,
    );
  });
});

test('a statement with too many parameters is an internal_error', async () => {
  db = await makeTestDatabase();
  const ids = Array.from({ length: 70_000 }, (_, n) => n);
  const error = await db
    .database('migrations')
    .whereIn('id', ids)
    .catch((error) => error);
  expect(error).toMatchObject({ code: '08P01' });
  expect(storageFailure(error).code).toBe('internal_error');
});
