import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { explain, TexasError } from '@texas-ai/kernel';
import {
  buildProfile,
  makeLogSpy,
  makeTestDatabase,
  type TestDatabase,
  until,
} from '@texas-ai/testing';
import { type Database, openDatabase } from '../database/database.js';
import * as authorFailures from './2026-11-30-1041-author-failures.js';
import { migrate, pendingMigrations, waitForMigrations } from './migrate.js';

const names = [
  '2026-11-23-first',
  '2026-11-24-gateway',
  '2026-11-25-fleet',
  '2026-11-26-backups',
  '2026-11-26-retention',
  '2026-11-27-quota',
  '2026-11-30-1039-call-leases',
  '2026-11-30-1041-author-failures',
  '2026-11-30-1745-shards',
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
  test('several processes at once apply each migration once', async () => {
    expect(await pendingMigrations(empty.database)).toEqual(names);
    const applied = await Promise.all([empty.database, another(), another()].map(migrate));
    expect(applied.flat()).toEqual(names);
    expect(await pendingMigrations(empty.database)).toEqual([]);
    expect(await migrate(empty.database)).toEqual([]);
  });

  test('a lock left behind by a killed process blocks no migration', async () => {
    await empty.database('migrations_lock').update({ is_locked: 1 });
    expect(await migrate(empty.database)).toEqual([]);
  });

  test('an older release accepts the migrations of a newer one', async () => {
    const database = another();
    const later = { name: '2099-01-01-later', batch: 9, migration_time: new Date() };
    await database('migrations').insert(later);
    expect(await migrate(database)).toEqual([]);
    expect(await pendingMigrations(database)).toEqual([]);
    await database('migrations').where({ name: later.name }).delete();
  });

  test('waiting for an outdated database logs once and ends once it is migrated', async () => {
    const behind = await makeTestDatabase({ empty: true });
    const logger = makeLogSpy();
    const waiting = waitForMigrations(behind.database, logger, new AbortController().signal);
    await until(() => logger.lines.length > 0);
    await migrate(behind.database);
    await waiting;
    expect(logger.lines.map(({ message }) => message)).toEqual(['waiting for the database']);
    await behind.drop();
  });

  test('waiting ends when the signal aborts', async () => {
    const away = another('postgres://nobody@127.0.0.1:1/none');
    const stop = new AbortController();
    const waiting = waitForMigrations(away, makeLogSpy(), stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });

  test.each([
    ['rejects this user', { username: 'nobody-here' }, /user "nobody-here"/],
    [
      'has no such database',
      { pathname: '/nothing-here' },
      /database "nothing-here" does not exist/,
    ],
  ])(
    'a server that %s is storage_unavailable, and the log of the wait has the reason',
    async (_, change, why) => {
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
    },
  );

  test('for a role without CREATE the error has the missing privilege and its GRANT', async () => {
    const foreign = await makeTestDatabase({ empty: true });
    const role = `stranger_${process.pid}`;
    await foreign.database.raw(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
    const url = Object.assign(new URL(foreign.url), { username: role, password: 'pw' }).href;
    const stranger = another(url);
    const failure = await migrate(stranger).catch((error) => error);
    expect(failure).toMatchObject({ code: 'storage_unavailable' });
    expect(explain(failure)).toBe(
      'The database role lacks a privilege (permission denied for schema public). As the owner of the ' +
        `database or a superuser, in this database: GRANT USAGE, CREATE ON SCHEMA public TO ${role};`,
    );
    await foreign.database.raw(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`);
    expect(explain(await migrate(stranger).catch((error) => error))).toMatch(
      /create extension "btree_gist"\)\. As a superuser, in this database: CREATE EXTENSION btree_gist;$/,
    );
    await foreign.database.raw('CREATE EXTENSION btree_gist');
    expect(await migrate(stranger)).toEqual(names);
    await stranger.destroy();
    await foreign.database.raw(`DROP OWNED BY ${role}`);
    await foreign.database.raw(`DROP ROLE ${role}`);
    await foreign.drop();
  });

  test('an unreachable server is storage_unavailable', async () => {
    const failure = await migrate(another('postgres://nobody@127.0.0.1:1/none')).catch((e) => e);
    expect(failure).toBeInstanceOf(TexasError);
    expect(failure.code).toBe('storage_unavailable');
  });
});

test('the migration turns the zero cost of unpriced calls into an unknown one', async () => {
  const db = await makeTestDatabase();
  await authorFailures.down(db.database);
  await db.store.characters.synchronise([{ profile: buildProfile(), hash: 'one' }]);
  const id = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a12';
  await db.database('generations').insert({
    id,
    character_id: buildProfile().id,
    date: '2026-11-29',
    ordinal: 1,
    author: 'gemini',
    profile_hash: 'one',
  });
  const call = (last: number, values: object) => ({
    id: `019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a2${last}`,
    generation_id: id,
    character_id: buildProfile().id,
    date: '2026-11-29',
    step: 'plan-day',
    author: 'gemini',
    model: 'gemini-3.8-flash',
    spent_on: '2026-11-29',
    closed_at: '2026-11-29T04:00:00Z',
    input_tokens: 1_000,
    output_tokens: 10,
    cost: 0,
    ...values,
  });
  await db
    .database('author_calls')
    .insert([
      call(1, {}),
      call(2, { model: 'gemini-2.5-flash', cost: 0.000_325 }),
      call(3, { outcome: 'author_http_error', input_tokens: 0, output_tokens: 0 }),
    ]);
  await authorFailures.up(db.database);
  const rows = await db.database('author_calls').orderBy('id').select('cost');
  expect(rows.map(({ cost }) => cost)).toEqual([null, 0.000_325, 0]);
  expect(await db.database('generations').select('unpriced_calls')).toEqual([
    { unpriced_calls: 1 },
  ]);
  await db.drop();
});
