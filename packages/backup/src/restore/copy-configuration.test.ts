import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, never, type TemporaryFolder } from '../../test/backup-run.js';
import { makeOwnedDatabase, type OwnedDatabase } from '../../test/owned-database.js';
import { withConnection } from '../database/connection.js';
import { databaseConfiguration, schemaConfiguration } from './configuration.js';

let folder: TemporaryFolder;
let db: OwnedDatabase;
let reader: string;
beforeAll(() => {
  folder = makeTemporaryFolder();
});
afterAll(() => folder.remove());
beforeEach(async () => {
  db = await makeOwnedDatabase();
  reader = `reader_${randomUUID().slice(0, 8)}`;
  await db.asAdmin(`CREATE ROLE ${reader}`);
});
afterEach(async () => {
  await db.drop();
  await db.inOther('postgres', `DROP ROLE ${reader}`);
});

const tables = ['migrations', 'generations', 'bookings', 'nothing_yet'];

/** The configuration in a form that can be compared. */
async function configuration(): Promise<string[]> {
  return withConnection(db.url, never, async (connection) =>
    [
      ...(await schemaConfiguration(connection, 'public', tables)),
      ...(await databaseConfiguration(connection, db.name, db.name)),
    ].map(({ statement }) => statement),
  );
}

/** SQL that changes the configuration, and the statement that then describes it. */
const configured: [by: 'asOwner' | 'asAdmin', sql: string, statement: RegExp][] = [
  [
    'asOwner',
    'GRANT SELECT ON generations TO $reader',
    /^GRANT SELECT ON TABLE public.generations TO reader/,
  ],
  [
    'asOwner',
    'GRANT INSERT ON bookings TO $reader WITH GRANT OPTION',
    /^GRANT INSERT .* WITH GRANT OPTION$/,
  ],
  ['asOwner', 'GRANT UPDATE (cost) ON generations TO $reader', /^GRANT UPDATE \(cost\) ON TABLE/],
  ['asOwner', 'GRANT SELECT ON nothing_yet TO PUBLIC', /^GRANT SELECT .* TO PUBLIC$/],
  [
    'asOwner',
    'REVOKE DELETE ON migrations FROM $role',
    /^REVOKE DELETE ON TABLE public.migrations FROM role/,
  ],
  [
    'asOwner',
    'REVOKE USAGE ON SCHEMA public FROM PUBLIC',
    /^GRANT USAGE ON SCHEMA public TO reader/,
  ],
  ['asOwner', 'GRANT USAGE ON SCHEMA public TO $reader', /^GRANT USAGE ON SCHEMA public TO reader/],
  [
    'asOwner',
    'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO $reader',
    /^ALTER DEFAULT PRIVILEGES FOR ROLE role\w+ IN SCHEMA public GRANT SELECT ON TABLES/,
  ],
  [
    'asOwner',
    'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
    /^ALTER DEFAULT PRIVILEGES FOR ROLE role\w+ REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC/,
  ],
  [
    'asOwner',
    `ALTER TABLE generations ENABLE ROW LEVEL SECURITY;
     CREATE POLICY cheap ON generations FOR SELECT TO $reader USING (cost < 5)`,
    /^CREATE POLICY cheap .* TO reader\w+ USING \(\(cost < \(5\)::numeric\)\)$/,
  ],
  [
    'asOwner',
    'REVOKE CONNECT ON DATABASE $name FROM PUBLIC',
    /^REVOKE CONNECT ON DATABASE .* FROM PUBLIC/,
  ],
  [
    'asOwner',
    'GRANT CONNECT, CREATE ON DATABASE $name TO $reader',
    /^GRANT CREATE ON DATABASE .* TO reader/,
  ],
  ['asOwner', `ALTER DATABASE $name SET work_mem = '7MB'`, / SET work_mem TO '7MB'$/],
  [
    'asOwner',
    `ALTER DATABASE $name SET search_path = public, "Odd, ""name"`,
    / SET search_path TO 'public', 'Odd, "name'$/,
  ],
  ['asOwner', `ALTER DATABASE $name SET DateStyle = 'German'`, / SET "DateStyle" TO 'German/],
  [
    'asOwner',
    `ALTER DATABASE $name SET application_name = 'it''s \\ here'`,
    / SET application_name TO E?'it''s /,
  ],
  [
    'asOwner',
    `ALTER ROLE $role IN DATABASE $name SET statement_timeout = '5s'`,
    /^ALTER ROLE role\w+ IN DATABASE/,
  ],
  ['asOwner', 'ALTER DATABASE $name CONNECTION LIMIT 50', / CONNECTION LIMIT 50$/],
  [
    'asOwner',
    `COMMENT ON DATABASE $name IS 'the life of Texas'`,
    /^COMMENT ON DATABASE .* IS 'the life of Texas'$/,
  ],
];

const named = (sql: string) =>
  sql.replaceAll('$reader', reader).replaceAll('$role', db.role).replaceAll('$name', db.name);

test('privileges and settings are the same after a restore', async () => {
  const made = await db.backUp(folder.folder);
  for (const [by, sql] of configured) await db[by](named(sql));
  const before = await configuration();
  for (const [, , statement] of configured)
    expect(before).toContainEqual(expect.stringMatching(statement));

  expect(await db.restore(made)).toMatchObject({ how: 'swapped', notApplied: [], keptAs: null });

  expect(await configuration()).toEqual(before);
  // A new database grants it by default.
  expect(before).not.toContainEqual(expect.stringMatching(/USAGE ON SCHEMA public TO PUBLIC/));
  const may = `SELECT has_table_privilege('${reader}', 'generations', 'SELECT') AS reads,
    has_database_privilege('public', current_database(), 'CONNECT') AS anyone`;
  expect(await db.asAdmin(may)).toEqual([{ reads: true, anyone: false }]);
});

test('configuration in the backup that was removed since is not restored', async () => {
  await db.asOwner(
    named(`ALTER TABLE generations ENABLE ROW LEVEL SECURITY;
      CREATE POLICY old ON generations FOR SELECT TO $reader USING (true)`),
  );
  const made = await db.backUp(folder.folder);
  await db.asOwner(
    `DROP POLICY old ON generations; ALTER TABLE generations DISABLE ROW LEVEL SECURITY`,
  );
  const before = await configuration();
  expect(await db.restore(made)).toMatchObject({ notApplied: [] });
  expect(await configuration()).toEqual(before);
});

test('statements that the role may not run are returned for a superuser', async () => {
  const made = await db.backUp(folder.folder);
  await db.asAdmin(
    named(`ALTER DATABASE $name SET log_statement = 'all';
      ALTER ROLE $reader IN DATABASE $name SET work_mem = '1MB';
      ALTER TABLE nothing_yet OWNER TO $reader; GRANT ALL ON nothing_yet TO $role`),
  );
  const before = await configuration();
  const { how, notApplied } = await db.restore(made);
  expect(how).toBe('swapped');
  expect(notApplied).toEqual(
    expect.arrayContaining([
      `ALTER TABLE public.nothing_yet OWNER TO ${reader}`,
      `ALTER DATABASE ${db.name} SET log_statement TO 'all'`,
      `ALTER ROLE ${reader} IN DATABASE ${db.name} SET work_mem TO '1MB'`,
    ]),
  );
  for (const statement of notApplied) await db.asAdmin(statement);
  expect(await configuration()).toEqual(before);
});

test('tables of another role that a superuser restores still belong to that role', async () => {
  const made = await db.backUp(folder.folder);
  const before = await configuration();
  const databaseUrl = db.adminUrl;
  expect(await db.restore(made, { databaseUrl })).toMatchObject({ how: 'swapped', notApplied: [] });
  expect(await configuration()).toEqual(before);
  expect(await db.asOwner('INSERT INTO nothing_yet VALUES (1) RETURNING id')).toEqual([{ id: 1 }]);
});

test('a role that does not own the database is rejected before the restore starts', async () => {
  const made = await db.backUp(folder.folder);
  await db.asAdmin(
    named('ALTER DATABASE $name OWNER TO $reader; GRANT ALL ON SCHEMA public TO $role'),
  );
  const steps: string[] = [];
  const restoring = db.restore(made, { onProgress: (step) => void steps.push(step) });
  await expect(restoring).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringContaining(`ALTER DATABASE … OWNER TO ${db.role}`),
  });
  expect(steps).toEqual(['checking']);
  await db.asAdmin(named('ALTER DATABASE $name OWNER TO $role'));
});
