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
