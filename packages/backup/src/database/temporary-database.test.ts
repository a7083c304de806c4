import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { makeLogSpy, testServices, until } from '@texas-ai/testing';
import { never } from '../../test/backup-run.js';
import type { Connection } from './connection.js';
import { withMaintenanceConnection, withTemporaryDatabase } from './temporary-database.js';

/** Returns the names of databases with this prefix. */
async function named(connection: Connection, prefix: string): Promise<string[]> {
  const { rows } = await connection.query<{ name: string }>(
    'SELECT datname::text AS name FROM pg_database WHERE starts_with(datname::text, $1)',
    [prefix],
  );
  return rows.map(({ name }) => name);
}

test('leftover databases are dropped; databases in use or with other names stay', async () => {
  const { databaseUrl } = testServices();
  const prefix = `scratch_${randomUUID().slice(0, 8)}_`;
  const options = { databaseUrl, prefix, signal: never, logger: makeLogSpy() };
  const dead = `${prefix}0123456789ab`;
  const another = `${prefix}kept`;
  await withMaintenanceConnection(databaseUrl, never, async (maintenance) => {
    for (const name of [dead, another]) await maintenance.query(`CREATE DATABASE ${name}`);
    await withTemporaryDatabase(options, async (first) => {
      await withTemporaryDatabase(options, async (second) => {
        expect((await named(maintenance, prefix)).sort()).toEqual([first, second, another].sort());
      });
    });
    expect(await named(maintenance, prefix)).toEqual([another]);
    await maintenance.query(`DROP DATABASE ${another}`);
  });
});

test('a failure of the work drops the database too', async () => {
  const { databaseUrl } = testServices();
  const prefix = `scratch_${randomUUID().slice(0, 8)}_`;
  const options = { databaseUrl, prefix, signal: never, logger: makeLogSpy() };
  const working = withTemporaryDatabase(options, () => Promise.reject(new Error('no')));
  await expect(working).rejects.toThrow('no');
  const left = await withMaintenanceConnection(databaseUrl, never, (each) => named(each, prefix));
  expect(left).toEqual([]);
});

test('a database that is still being created on abort is dropped too', async () => {
  const { databaseUrl } = testServices();
  const prefix = `scratch_${randomUUID().slice(0, 8)}_`;
  const stop = new AbortController();
  const options = { databaseUrl, prefix, signal: stop.signal, logger: makeLogSpy() };
  await withMaintenanceConnection(databaseUrl, never, async (watching) => {
    const isAtWork = async (statement: string) => {
      const { rows } = await watching.query(
        "SELECT FROM pg_stat_activity WHERE state = 'active' AND starts_with(query, $1)",
        [statement],
      );
      return rows.length > 0;
    };
    const isMaking = () => isAtWork(`CREATE DATABASE "${prefix}`);
    const failed = await withMaintenanceConnection(databaseUrl, never, async (blocking) => {
      await blocking.query('BEGIN');
      // Blocks CREATE DATABASE from this template.
      await blocking.query("COMMENT ON DATABASE template0 IS 'unmodifiable empty database'");
      const making = withTemporaryDatabase(options, async () => undefined);
      let over = false;
      const failing = making.catch((failure: unknown) => {
        over = true;
        return failure;
      });
      await until(isMaking);
      stop.abort(new Error('Stopped.'));
      await until(async () => over || (await isAtWork('SELECT pg_advisory_lock')));
      await blocking.query('ROLLBACK');
      return failing;
    });
    expect(failed).toBeInstanceOf(Error);
    await until(async () => !(await isMaking()));
    expect(await named(watching, prefix)).toEqual([]);
  });
});
