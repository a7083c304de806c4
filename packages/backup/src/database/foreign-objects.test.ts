import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { makeTestDatabase } from '@texas-ai/testing';
import { makeTemporaryFolder, never, type TemporaryFolder } from '../../test/backup-run.js';
import { makeOwnedDatabase, type OwnedDatabase } from '../../test/owned-database.js';
import { fingerprintDatabase } from '../restore/load-dump.js';
import { withConnection } from './connection.js';
import { findForeignObjects, ownTables } from './foreign-objects.js';

let folder: TemporaryFolder;
let db: OwnedDatabase;
beforeAll(() => {
  folder = makeTemporaryFolder();
});
afterAll(() => folder.remove());
beforeEach(async () => {
  db = await makeOwnedDatabase();
});
afterEach(() => db.drop());

/** What is created, by which role, and which objects a backup then leaves out. */
const cases: [what: string, by: 'asAdmin' | 'asOwner', sql: string, leftOut: string[]][] = [
  [
    'an extension that only a superuser may create',
    'asAdmin',
    'CREATE EXTENSION pg_stat_statements',
    ['extension pg_stat_statements'],
  ],
  ['a trusted extension', 'asOwner', 'CREATE EXTENSION hstore', ['extension hstore']],
  ['a publication', 'asAdmin', 'CREATE PUBLICATION p FOR ALL TABLES', ['publication p']],
  [
    'a publication of one of our tables',
    'asOwner',
    'CREATE PUBLICATION p FOR TABLE generations',
    ['publication p'],
  ],
  [
    'a subscription',
    'asAdmin',
    `CREATE SUBSCRIPTION s_$name CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false)`,
    ['subscription s_$name'],
  ],
  [
    'an event trigger',
    'asAdmin',
    `CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
     CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION et()`,
    ['event trigger et', 'function et()'],
  ],
  [
    'a schema',
    'asAdmin',
    'CREATE SCHEMA monitoring; CREATE TABLE monitoring.t (x int)',
    ['schema monitoring'],
  ],
  [
    'a view on our table in another schema',
    'asAdmin',
    'CREATE SCHEMA m; CREATE VIEW m.v AS SELECT * FROM generations',
    ['schema m'],
  ],
  [
    'a table in our schema',
    'asAdmin',
    'CREATE TABLE dba_notes (id serial PRIMARY KEY)',
    ['sequence dba_notes_id_seq', 'table dba_notes'],
  ],
  [
    'a table that refers to ours',
    'asAdmin',
    'CREATE TABLE refers (id uuid REFERENCES generations)',
    ['table refers'],
  ],
  ['a large object', 'asAdmin', 'SELECT lo_create(4711), lo_create(4712)', ['large objects']],
  [
    'a foreign server',
    'asAdmin',
    `CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
     CREATE FOREIGN TABLE far_table (x int) SERVER far`,
    ['extension postgres_fdw', 'foreign table far_table', 'server far'],
  ],
  [
    'an index on our table that uses another extension',
    'asAdmin',
    'CREATE EXTENSION pg_trgm; CREATE INDEX fuzzy ON generations USING gin (zone gin_trgm_ops)',
    ['extension pg_trgm', 'index fuzzy'],
  ],
  [
    'a trigger on our table that calls a function in another schema',
    'asAdmin',
    `CREATE SCHEMA audit; CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     GRANT USAGE ON SCHEMA audit TO PUBLIC;
     CREATE TRIGGER audited AFTER INSERT ON generations FOR EACH ROW EXECUTE FUNCTION audit.note();
     COMMENT ON TRIGGER audited ON generations IS 'ours, says the auditor'`,
    ['schema audit', 'trigger audited on table generations'],
  ],
  [
    'a view of the owner that uses an extension',
    'asOwner',
    'CREATE EXTENSION hstore; CREATE VIEW tagged AS SELECT hstore(zone, zone) FROM generations',
    ['extension hstore', 'view tagged'],
  ],
  [
    'a view, function and type of another role',
    'asAdmin',
    `CREATE VIEW counted AS SELECT count(*) FROM generations; CREATE TYPE hue AS ENUM ('red');
     CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    ['function one()', 'type hue', 'view counted'],
  ],
  [
    'a view and a function of the owner',
    'asOwner',
    `CREATE VIEW counted AS SELECT count(*) FROM generations;
     CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    [],
  ],
  [
    'comments',
    'asOwner',
    `COMMENT ON TABLE generations IS 'a'; COMMENT ON COLUMN generations.id IS 'b';
     COMMENT ON SCHEMA public IS 'c'; COMMENT ON INDEX generations_pkey IS 'd'`,
    [],
  ],
];

test.each(cases)(
  '%s is found with everything that depends on it',
  async (_what, by, sql, expected) => {
    const named = (text: string) => text.replaceAll('$name', db.name);
    await db[by](named(sql));
    const found = await withConnection(db.url, never, findForeignObjects);
    expect(found.map(({ description }) => description)).toEqual(expected.map(named));
    if (sql.includes('SUBSCRIPTION')) await dropSubscription(db.name);
  },
);

/** A database with a subscription cannot be dropped. */
async function dropSubscription(database: string): Promise<void> {
  const name = `s_${db.name}`;
  await db.inOther(
    database,
    `ALTER SUBSCRIPTION ${name} SET (slot_name = NONE); DROP SUBSCRIPTION ${name}`,
  );
}

test('a backup leaves them out, verifies and restores, and the old database is kept because of them', async () => {
  for (const [, by, sql] of cases) {
    await db[by](
      sql
        .replaceAll('$name', db.name)
        .replaceAll(/CREATE (EXTENSION|SCHEMA) /g, 'CREATE $1 IF NOT EXISTS ')
        // Names used by several of them.
        .replaceAll(/\b(p|one|counted)\b(?=( FOR |\(| AS ))/g, `$1_${by}_${sql.length}`),
    );
  }
  const made = await db.backUp(folder.folder);
  await db.verify(made);
  const restored = await db.restore(made);
  const leftOut = made.manifest.leftOut?.map(({ description }) => description) ?? [];
  expect(leftOut.length).toBeGreaterThan(20);
  expect(restored).toMatchObject({ how: 'swapped', foreignObjects: leftOut, notApplied: [] });
  const { tables } = await fingerprintDatabase(db.url, never);
  expect(tables).toEqual(made.manifest.tables);
  const keptAs = restored.keptAs ?? '';
  expect(await db.inOther(keptAs, 'SELECT count(*)::int AS notes FROM dba_notes')).toEqual([
    { notes: 0 },
  ]);
  await dropSubscription(keptAs);
});

test('a large object with the OID of our table does not exclude the table', async () => {
  await db.asAdmin(`SELECT lo_create('generations'::regclass)`);
  const made = await db.backUp(folder.folder);
  expect(made.manifest.tables.map(({ name }) => name)).toContain('generations');
  await db.verify(made);
});

test('a table that the role may write is ours, whoever owns it', async () => {
  await db.asAdmin(`
    CREATE TABLE by_migrator AS SELECT 1 AS id;
    GRANT SELECT, INSERT ON by_migrator TO ${db.role}`);
  const { manifest } = await db.backUp(folder.folder);
  expect(manifest.leftOut).toEqual([]);
  expect(manifest.tables.map(({ name }) => name)).toContain('by_migrator');
});

test.each([
  ['may only read', 'GRANT SELECT ON generations TO $role', 'generations, generations_number_seq'],
  ['may not read', 'SELECT', 'generations, generations_number_seq'],
  [
    'may write, but not its sequence',
    'GRANT SELECT, INSERT ON generations TO $role',
    'generations_number_seq',
  ],
])('a backup fails while our table is one that the role %s', async (_what, sql, missing) => {
  await db.asAdmin(
    `ALTER TABLE generations OWNER TO CURRENT_USER; ${sql.replaceAll('$role', db.role)}`,
  );
  const failure = await db.backUp(folder.folder).catch((failure) => failure);
  expect(failure).toMatchObject({ code: 'backup_failed' });
  const [, names, fix = ''] =
    /role: (.*?)\. As .*? in this database: (.*)/.exec(failure.message) ?? [];
  expect(names).toBe(missing);
  await db.asAdmin(fix);
  const made = await db.backUp(folder.folder);
  expect(made.manifest.leftOut).toEqual([]);
  expect(made.manifest.tables).toHaveLength(5);
  await db.verify(made);
});

test('a backup fails if our table was replaced by a view', async () => {
  await db.asAdmin('CREATE VIEW alerts AS SELECT 1 AS id');
  await expect(db.backUp(folder.folder)).rejects.toMatchObject({
    code: 'backup_failed',
    message: expect.stringContaining(`ALTER TABLE public.alerts OWNER TO ${db.role};`),
  });
});

test('the list of our tables has all that the migrations create', async () => {
  const migrated = await makeTestDatabase();
  try {
    const { rows } = await migrated.database.raw(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    expect(rows.map(({ name }: { name: string }) => name)).toEqual([...ownTables].sort());
  } finally {
    await migrated.drop();
  }
});

test('a column that depends on a foreign extension fails with advice', async () => {
  await db.asOwner('CREATE EXTENSION hstore; ALTER TABLE generations ADD COLUMN odd hstore');
  const made = await db.backUp(folder.folder);
  await expect(db.verify(made)).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringMatching(/type "public\.hstore" does not exist.*depend on/),
  });
});
