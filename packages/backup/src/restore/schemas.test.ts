import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, never, type TemporaryFolder } from '../../test/backup-run.js';
import { realClient } from '../../test/fake-client.js';
import { makeOwnedDatabase, type OwnedDatabase } from '../../test/owned-database.js';
import { withConnection } from '../database/connection.js';
import { libpqEnvironment } from '../database/libpq-environment.js';
import { fingerprintDatabase } from './load-dump.js';

let folder: TemporaryFolder;
const databases: OwnedDatabase[] = [];
beforeAll(() => {
  folder = makeTemporaryFolder();
});
afterAll(() => folder.remove());
afterEach(async () => {
  for (const each of databases.splice(0)) await each.drop();
});

async function database(prepare?: string): Promise<OwnedDatabase> {
  const made = await makeOwnedDatabase(prepare);
  databases.push(made);
  return made;
}

const own = 'CREATE SCHEMA AUTHORIZATION $role';
const named = `CREATE SCHEMA "My ""app" AUTHORIZATION $role; ALTER ROLE $role SET search_path = "My ""app"`;
const elsewhere = `CREATE SCHEMA ext; CREATE EXTENSION btree_gist SCHEMA ext; GRANT USAGE ON SCHEMA ext TO $role`;

async function tablesIn(db: OwnedDatabase): Promise<unknown[]> {
  return db.asAdmin(
    `SELECT schemaname AS schema, count(*)::int AS tables FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') GROUP BY 1`,
  );
}

test.each([
  ['a schema named like the role', own],
  ['a schema in search_path', named],
  ['public, with the extension in another schema', elsewhere],
  ['the role’s own schema in a database without public', `${own}; DROP SCHEMA public`],
])('tables in %s are backed up, verified and restored there', async (_what, prepare) => {
  const db = await database(prepare);
  const before = await tablesIn(db);
  expect(before).toEqual([{ schema: expect.any(String), tables: 5 }]);
  const made = await db.backUp(folder.folder);
  expect(made.manifest.tables).toHaveLength(5);
  await db.verify(made);
  await db.asOwner('DELETE FROM bookings');
  await db.restore(made);
  expect(await tablesIn(db)).toEqual(before);
  expect((await fingerprintDatabase(db.url, never)).tables).toEqual(made.manifest.tables);
});

test.each([
  ['its own schema', 'public', own, undefined],
  ['public', 'a schema in search_path', undefined, named],
  ['a schema in search_path', 'its own schema', named, own],
])('a dump of tables in %s is restored into %s', async (_from, _to, from, to) => {
  const made = await (await database(from)).backUp(folder.folder);
  const target = await database(to);
  const before = await tablesIn(target);
  expect(await target.restore(made)).toMatchObject({ how: 'swapped', notApplied: [] });
  expect(await tablesIn(target)).toEqual(before);
  // An empty database is filled in the schema in which migrations would create the tables.
  const names = made.manifest.tables.map(({ name }) => `"${name.replaceAll('"', '""')}"`);
  await target.asOwner(`DROP TABLE ${names.join(', ')} CASCADE; DROP TYPE mood`);
  expect(await target.restore(made)).toMatchObject({ how: 'filled' });
  expect(await tablesIn(target)).toEqual(before);
  expect((await fingerprintDatabase(target.url, never)).tables).toEqual(made.manifest.tables);
});

test.each([
  ['public', 'a schema in search_path', undefined, named],
  ['a schema in search_path', 'public', named, undefined],
])('a failed restore from %s into %s leaves the database empty', async (_from, _to, from, to) => {
  const made = await (await database(from)).backUp(folder.folder);
  const target = await database(to);
  const names = made.manifest.tables.map(({ name }) => `"${name.replaceAll('"', '""')}"`);
  await target.asOwner(`DROP TABLE ${names.join(', ')} CASCADE`);
  // Types of the database, including `mood`, with their schemas.
  const all = `SELECT nspname AS schema, array(
      SELECT typname FROM pg_type WHERE typnamespace = pg_namespace.oid ORDER BY 1) AS types
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`;
  const before = await target.asAdmin(all);
  await expect(target.restore(made)).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringMatching(/type .*mood.* already exists/),
  });
  expect(await target.asAdmin(all)).toEqual(before);
  expect(await tablesIn(target)).toEqual([]);
  await target.asOwner('DROP TYPE mood');
  expect(await target.restore(made)).toMatchObject({ how: 'filled' });
  expect((await fingerprintDatabase(target.url, never)).tables).toEqual(made.manifest.tables);
});

test('a schema that is created later does not hide the tables', async () => {
  const db = await database();
  await db.asAdmin(`CREATE SCHEMA AUTHORIZATION ${db.role}`);
  const made = await db.backUp(folder.folder);
  expect(made.manifest.tables).toHaveLength(5);
  await db.verify(made);
  await db.restore(made);
  expect(await tablesIn(db)).toEqual([{ schema: 'public', tables: 5 }]);
});

test('a schema without tables is not backed up', async () => {
  const db = await database();
  await db.asAdmin(`CREATE SCHEMA bare; ALTER ROLE ${db.role} SET search_path = bare`);
  await db.asAdmin(`GRANT ALL ON SCHEMA bare TO ${db.role}`);
  await expect(db.backUp(folder.folder)).rejects.toMatchObject({
    code: 'backup_failed',
    message: expect.stringMatching(/nothing to back up: .* the schema bare, which has no tables/),
  });
  await db.asAdmin(`ALTER ROLE ${db.role} SET search_path = nowhere`);
  await expect(db.backUp(folder.folder)).rejects.toMatchObject({
    message: expect.stringMatching(/nothing to back up: .* no schema/),
  });
});

test('a verification or restore with nothing to compare fails', async () => {
  const db = await database();
  const { file, manifest, manifestFile } = await db.backUp(folder.folder);
  const withoutTables = { file, manifestFile, manifest: { ...manifest, tables: [] } };
  const rejection = { code: 'backup_invalid', message: expect.stringMatching(/lists no tables/) };
  await expect(db.verify(withoutTables)).rejects.toMatchObject(rejection);
  await expect(db.restore(withoutTables)).rejects.toMatchObject(rejection);
});

test('a dump of a whole database, as earlier releases made, is restored without foreign objects', async () => {
  const db = await database();
  await db.asAdmin(`
    CREATE EXTENSION pg_stat_statements; CREATE PUBLICATION p FOR TABLE generations;
    CREATE SCHEMA monitoring; CREATE TABLE monitoring.t (x int); SELECT lo_create(4711);
    CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION et()`);
  const { manifest, manifestFile } = await db.backUp(folder.folder);
  const client = await realClient();
  const file = join(folder.folder, 'whole');
  const env = libpqEnvironment(db.adminUrl);
  execFileSync(client.pgDump, ['--format=custom', '--no-owner', `--file=${file}`], { env });
  const { leftOut: _, ...earlier } = manifest;
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const old = { file, manifestFile, manifest: { ...earlier, size: statSync(file).size, sha256 } };
  await db.verify(old);
  expect(await db.restore(old)).toMatchObject({ how: 'swapped' });
  const extensions = await withConnection(db.url, never, (connection) =>
    connection.query('SELECT extname AS name FROM pg_extension ORDER BY 1'),
  );
  expect(extensions.rows.map(({ name }) => name)).toEqual(['btree_gist', 'plpgsql']);
});
