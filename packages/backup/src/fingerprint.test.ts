import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestDatabase } from '@texas-ai/testing';
import { never } from '../test/backup-run.js';
import { makeSampleDatabase } from '../test/sample-database.js';
import { databaseNameOf } from './connection-environment.js';
import { holdingsOf } from './fill-database.js';
import { differingTables, type TableFingerprint } from './fingerprint.js';

let sample: TestDatabase;
beforeAll(async () => {
  sample = await makeSampleDatabase();
});
afterAll(() => sample.drop());

test('neither the order of rows nor the settings of a database change a fingerprint', async () => {
  const before = await holdingsOf(sample.url, never);
  // Rewrites the table in another order.
  await sample.database.raw(`
    CREATE INDEX generations_by_cost ON generations (cost DESC);
    CLUSTER generations USING generations_by_cost`);
  const settings = {
    TimeZone: 'Asia/Shanghai',
    DateStyle: 'German',
    IntervalStyle: 'iso_8601',
    extra_float_digits: '-3',
    bytea_output: 'escape',
  };
  const name = databaseNameOf(sample.url);
  for (const [setting, value] of Object.entries(settings)) {
    await sample.database.raw(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  }
  expect(await holdingsOf(sample.url, never)).toEqual(before);
});

test('a table of types that have no hash, or one of an OID, has a checksum of its values', async () => {
  await sample.database.raw(`
    CREATE TYPE feeling AS ENUM ('calm', 'glad');
    CREATE TABLE moods (mood feeling, note json);
    INSERT INTO moods VALUES ('calm', '{"b": 1}'), ('glad', NULL)`);
  const before = await holdingsOf(sample.url, never);
  await sample.database.raw(`
    ALTER TABLE moods ALTER mood TYPE text;
    DROP TYPE feeling;
    CREATE TYPE feeling AS ENUM ('glad', 'calm');
    ALTER TABLE moods ALTER mood TYPE feeling USING mood::feeling`);
  expect(await holdingsOf(sample.url, never)).toEqual(before);
  await sample.database.raw(`UPDATE moods SET mood = 'glad'`);
  const after = await holdingsOf(sample.url, never);
  expect(differingTables(before.tables, after.tables)).toEqual(['moods']);
});

test('a value that changed in any column changes the checksum of its table', async () => {
  const before = await holdingsOf(sample.url, never);
  await sample.database('generations').limit(1).update({ cost: 12.5 });
  const after = await holdingsOf(sample.url, never);
  expect(differingTables(before.tables, after.tables)).toEqual(['generations']);
});

test('a table that changed, one that is gone and one that is new differ', () => {
  const table = (name: string, changes: Partial<TableFingerprint> = {}): TableFingerprint => ({
    ...{ name, rows: 1, checksum: '5' },
    ...changes,
  });
  const expected = [table('same'), table('gone'), table('value'), table('rows')];
  const found = [
    table('same'),
    table('new'),
    table('value', { checksum: '6' }),
    table('rows', { rows: 2 }),
  ];
  expect(differingTables(expected, found)).toEqual(['gone', 'new', 'rows', 'value']);
});
