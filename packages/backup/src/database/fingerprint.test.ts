import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestDatabase } from '@texas-ai/testing';
import { never } from '../../test/backup-run.js';
import { makeSampleDatabase } from '../../test/sample-database.js';
import type { TableFingerprint } from '../files/manifest.js';
import { fingerprintDatabase } from '../restore/load-dump.js';
import { differingTables } from './fingerprint.js';
import { databaseNameOf } from './libpq-environment.js';

let sample: TestDatabase;
beforeAll(async () => {
  sample = await makeSampleDatabase();
});
afterAll(() => sample.drop());

test('a fingerprint depends neither on the order of rows nor on database settings', async () => {
  const before = await fingerprintDatabase(sample.url, never);
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
  expect(await fingerprintDatabase(sample.url, never)).toEqual(before);
});

test('types without a hash, or whose hash depends on an OID, are hashed by their values', async () => {
  await sample.database.raw(`
    CREATE TYPE feeling AS ENUM ('calm', 'glad');
    CREATE TABLE moods (mood feeling, note json);
    INSERT INTO moods VALUES ('calm', '{"b": 1}'), ('glad', NULL)`);
  const before = await fingerprintDatabase(sample.url, never);
  await sample.database.raw(`
    ALTER TABLE moods ALTER mood TYPE text;
    DROP TYPE feeling;
    CREATE TYPE feeling AS ENUM ('glad', 'calm');
    ALTER TABLE moods ALTER mood TYPE feeling USING mood::feeling`);
  expect(await fingerprintDatabase(sample.url, never)).toEqual(before);
  await sample.database.raw(`UPDATE moods SET mood = 'glad'`);
  const after = await fingerprintDatabase(sample.url, never);
  expect(differingTables(before.tables, after.tables)).toEqual(['moods']);
});

test('a change in any column changes the checksum of its table', async () => {
  const before = await fingerprintDatabase(sample.url, never);
  await sample.database('generations').limit(1).update({ cost: 12.5 });
  const after = await fingerprintDatabase(sample.url, never);
  expect(differingTables(before.tables, after.tables)).toEqual(['generations']);
});

test('changed, missing and new tables differ', () => {
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
