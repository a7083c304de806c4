import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { makeTestDatabase } from '@texas-ai/testing';
import { makeTemporaryFolder, never, type TemporaryFolder } from '../test/backup-run.js';
import { makeOwnedDatabase, type OwnedDatabase } from '../test/owned-database.js';
import { withConnection } from './connection.js';
import { holdingsOf } from './fill-database.js';
import { findNotOurs, ourTables } from './not-ours.js';

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

/** What somebody creates, as whom, and what a backup then leaves out. */
const scenes: [what: string, by: 'asAdmin' | 'asOwner', sql: string, leftOut: string[]][] = [
  [
    'an extension that only a superuser may make',
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
    'a view of ours in a schema',
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
    'an index of ours of a foreign kind',
    'asAdmin',
    'CREATE EXTENSION pg_trgm; CREATE INDEX fuzzy ON generations USING gin (zone gin_trgm_ops)',
    ['extension pg_trgm', 'index fuzzy'],
  ],
  [
    'a trigger on a table of ours that calls somewhere else',
    'asAdmin',
    `CREATE SCHEMA audit; CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     GRANT USAGE ON SCHEMA audit TO PUBLIC;
     CREATE TRIGGER audited AFTER INSERT ON generations FOR EACH ROW EXECUTE FUNCTION audit.note();
     COMMENT ON TRIGGER audited ON generations IS 'ours, says the auditor'`,
    ['schema audit', 'trigger audited on table generations'],
  ],
  [
    'a view of the owner on an extension',
    'asOwner',
    'CREATE EXTENSION hstore; CREATE VIEW tagged AS SELECT hstore(zone, zone) FROM generations',
    ['extension hstore', 'view tagged'],
  ],
  [
    'a view, function and type of somebody else',
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

test.each(scenes)(
  '%s: found with everything that depends on it',
  async (_what, by, sql, expected) => {
    const named = (text: string) => text.replaceAll('$name', db.name);
    await db[by](named(sql));
    const found = await withConnection(db.url, never, findNotOurs);
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

test('a backup leaves all of it out, verifies and restores, and the old database is kept for it', async () => {
  for (const [, by, sql] of scenes) {
    await db[by](
      sql
        .replaceAll('$name', db.name)
        .replaceAll(/CREATE (EXTENSION|SCHEMA) /g, 'CREATE $1 IF NOT EXISTS ')
        // Names that several of them use.
        .replaceAll(/\b(p|one|counted)\b(?=( FOR |\(| AS ))/g, `$1_${by}_${sql.length}`),
    );
  }
  const made = await db.backUp(folder.folder);
  await db.verify(made);
  const restored = await db.restore(made);
  const leftOut = made.manifest.leftOut?.map(({ description }) => description) ?? [];
  expect(leftOut.length).toBeGreaterThan(20);
  expect(restored).toMatchObject({ how: 'swapped', notOurs: leftOut, notCarried: [] });
  const { tables } = await holdingsOf(db.url, never);
  expect(tables).toEqual(made.manifest.tables);
  const keptAs = restored.keptAs ?? '';
  expect(await db.inOther(keptAs, 'SELECT count(*)::int AS notes FROM dba_notes')).toEqual([
    { notes: 0 },
  ]);
  await dropSubscription(keptAs);
});

test('a large object with the OID of a table of ours does not hide that', async () => {
  await db.asAdmin(`SELECT lo_create('generations'::regclass)`);
  const made = await db.backUp(folder.folder);
  expect(made.manifest.tables.map(({ name }) => name)).toContain('generations');
  await db.verify(made);
});

test('a table that the role may write is ours, regardless of its owner', async () => {
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
])('a table of ours that the role %s fails a backup, until it may', async (_what, sql, lacking) => {
  await db.asAdmin(
    `ALTER TABLE generations OWNER TO CURRENT_USER; ${sql.replaceAll('$role', db.role)}`,
  );
  const failure = await db.backUp(folder.folder).catch((failure) => failure);
  expect(failure).toMatchObject({ code: 'backup_failed' });
  const [, names, fix = ''] =
    /role: (.*?)\. As .*? in this database: (.*)/.exec(failure.message) ?? [];
  expect(names).toBe(lacking);
  await db.asAdmin(fix);
  const made = await db.backUp(folder.folder);
  expect(made.manifest.leftOut).toEqual([]);
  expect(made.manifest.tables).toHaveLength(5);
  await db.verify(made);
});

test('a view in the place of a table of ours fails a backup', async () => {
  await db.asAdmin('CREATE VIEW alerts AS SELECT 1 AS id');
  await expect(db.backUp(folder.folder)).rejects.toMatchObject({
    code: 'backup_failed',
    message: expect.stringContaining(`ALTER TABLE public.alerts OWNER TO ${db.role};`),
  });
});

test('all tables that the migrations create are known as ours', async () => {
  const migrated = await makeTestDatabase();
  try {
    const { rows } = await migrated.database.raw(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    expect(rows.map(({ name }: { name: string }) => name)).toEqual([...ourTables].sort());
  } finally {
    await migrated.drop();
  }
});

test('a column of ours that depends on a foreign extension fails with advice', async () => {
  await db.asOwner('CREATE EXTENSION hstore; ALTER TABLE generations ADD COLUMN odd hstore');
  const made = await db.backUp(folder.folder);
  await expect(db.verify(made)).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringMatching(/type "public\.hstore" does not exist.*depend on/),
  });
});
