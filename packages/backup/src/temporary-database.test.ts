import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { makeLogSpy, testServices } from '@texas-ai/testing';
import { never } from '../test/backup-run.js';
import type { Connection } from './connection.js';
import { withMaintenance, withTemporaryDatabase } from './temporary-database.js';

/** Names of the databases that begin so. */
async function named(connection: Connection, prefix: string): Promise<string[]> {
  const { rows } = await connection.query<{ name: string }>(
    'SELECT datname::text AS name FROM pg_database WHERE starts_with(datname::text, $1)',
    [prefix],
  );
  return rows.map(({ name }) => name);
}

test('what a dead run left is dropped, and what is in use or of another name stays', async () => {
  const { databaseUrl } = testServices();
  const prefix = `scratch_${randomUUID().slice(0, 8)}_`;
  const options = { databaseUrl, prefix, signal: never, logger: makeLogSpy() };
  const dead = `${prefix}0123456789ab`;
  const another = `${prefix}kept`;
  await withMaintenance(databaseUrl, never, async (maintenance) => {
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

test('a failure of the work drops it too', async () => {
  const { databaseUrl } = testServices();
  const prefix = `scratch_${randomUUID().slice(0, 8)}_`;
  const options = { databaseUrl, prefix, signal: never, logger: makeLogSpy() };
  const working = withTemporaryDatabase(options, () => Promise.reject(new Error('no')));
  await expect(working).rejects.toThrow('no');
  const left = await withMaintenance(databaseUrl, never, (each) => named(each, prefix));
  expect(left).toEqual([]);
});
