import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { never } from '../../test/backup-run.js';
import { databaseNameOf } from '../database/libpq-environment.js';
import { withMaintenanceConnection } from '../database/temporary-database.js';
import { swapDatabases } from './swap-databases.js';

let live: TestDatabase;
beforeEach(async () => {
  live = await makeTestDatabase({ empty: true });
  await live.database.raw('CREATE TABLE held AS SELECT 7 AS value');
});
afterEach(() => live.drop());

test('if the second rename fails, the first is rolled back', async () => {
  const name = databaseNameOf(live.url);
  const swapping = withMaintenanceConnection(live.url, never, (renamer) =>
    swapDatabases(
      {
        databaseUrl: live.url,
        live: name,
        restored: `none_${randomUUID().slice(0, 8)}`,
        before: `${name}_before`,
        signal: never,
      },
      renamer,
    ),
  );
  const noSuchDatabase = '3D000';
  await expect(swapping).rejects.toMatchObject({ code: noSuchDatabase });
  expect(await live.database('held').select('value')).toEqual([{ value: 7 }]);
});
