import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { type Database, openDatabase } from './database.js';
import { migrate, pendingMigrations, waitForMigrations } from './migrate.js';

const names = [
  '2026-11-23-first',
  '2026-11-24-gateway',
  '2026-11-25-fleet',
  '2026-11-26-backups',
  '2026-11-26-retention',
  '2026-11-27-quota',
  '2026-11-30-1039-call-leases',
];
let empty: TestDatabase;
const others: Database[] = [];

beforeAll(async () => {
  empty = await makeTestDatabase({ empty: true });
});
afterAll(async () => {
  await Promise.all(others.map((each) => each.destroy()));
  await empty.drop();
});

function another(url = empty.url): Database {
  const opened = openDatabase({
    url,
    applicationName: 'texas-test',
    poolMax: 3,
    connectTimeoutSeconds: 60,
    acquireTimeoutSeconds: 60,
    statementTimeoutSeconds: 60,
    idleInTransactionTimeoutSeconds: 10,
    logger: makeLogSpy(),
  });
  others.push(opened);
  return opened;
}

describe('migrations', () => {
  test('several processes at once apply each of them once', async () => {
    expect(await pendingMigrations(empty.database)).toEqual(names);
    const applied = await Promise.all([empty.database, another(), another()].map(migrate));
    expect(applied.flat()).toEqual(names);
    expect(await pendingMigrations(empty.database)).toEqual([]);
    expect(await migrate(empty.database)).toEqual([]);
  });

  test('a lock that a killed process left behind stops nobody', async () => {
    await empty.database('migrations_lock').update({ is_locked: 1 });
    expect(await migrate(empty.database)).toEqual([]);
  });

  test('a release that is put back leaves those of the one after it alone', async () => {
    const database = another();
    const later = { name: '2099-01-01-later', batch: 9, migration_time: new Date() };
    await database('migrations').insert(later);
    expect(await migrate(database)).toEqual([]);
    expect(await pendingMigrations(database)).toEqual([]);
    await database('migrations').where({ name: later.name }).delete();
  });

  test('who waits for a database that is behind says so once and goes on when it is not', async () => {
    const behind = await makeTestDatabase({ empty: true });
    const logger = makeLogSpy();
    const waiting = waitForMigrations(behind.database, logger, new AbortController().signal);
    await migrate(behind.database);
    await waiting;
    expect(logger.lines.length).toBeLessThanOrEqual(1);
    await behind.drop();
  });

  test('waiting ends when it is told to', async () => {
    const away = another('postgres://nobody@127.0.0.1:1/none');
    const stop = new AbortController();
    const waiting = waitForMigrations(away, makeLogSpy(), stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });

  test.each([
    ['lets this user not in', { username: 'nobody-here' }, /user "nobody-here"/],
    [
      'has no such database',
      { pathname: '/nothing-here' },
      /database "nothing-here" does not exist/,
    ],
  ])('a server that %s is storage_unavailable, and waiting says why', async (_, change, why) => {
    const away = another(Object.assign(new URL(empty.url), change).href);
    await expect(migrate(away)).rejects.toMatchObject({ code: 'storage_unavailable' });
    const stop = new AbortController();
    const logger = makeLogSpy();
    const { warn } = logger;
    const said = new Promise<unknown>((resolve) => {
      logger.warn = (message, fields) => {
        warn(message, fields);
        if (message === 'waiting for the database') resolve(fields?.reason);
      };
    });
    const waiting = waitForMigrations(away, logger, stop.signal);
    expect(await said).toMatch(why);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });

  test('a server that is not there is storage_unavailable', async () => {
    const failure = await migrate(another('postgres://nobody@127.0.0.1:1/none')).catch((e) => e);
    expect(failure).toBeInstanceOf(TexasError);
    expect(failure.code).toBe('storage_unavailable');
  });
});
