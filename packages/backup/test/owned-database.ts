import { randomUUID } from 'node:crypto';
import { makeLogSpy, testServices } from '@texas-ai/testing';
import { withConnection } from '../src/database/connection.js';
import { databaseNameOf, withDatabase } from '../src/database/libpq-environment.js';
import type { CreateBackupOptions } from '../src/dump/create-backup.js';
import type { RestoreBackupOptions, Restored } from '../src/restore/options.js';
import { restoreBackup } from '../src/restore/restore-backup.js';
import { type VerifyBackupOptions, verifyBackup } from '../src/verify/verify-backup.js';
import { backUp, clock, never } from './backup-run.js';
import { realClient } from './fake-client.js';
import { sampleTables } from './sample-database.js';

type Made = Awaited<ReturnType<typeof backUp>>;

/** A database whose owner has CREATEDB but is not a superuser, as the operator's guide requires. */
export interface OwnedDatabase {
  url: string;
  /** The same database, as a superuser. */
  adminUrl: string;
  name: string;
  role: string;
  /** Runs SQL in it as its owner or a superuser, and returns the rows. */
  asOwner(sql: string): Promise<Record<string, unknown>[]>;
  asAdmin(sql: string): Promise<Record<string, unknown>[]>;
  /** Runs SQL as a superuser in another database of the server. */
  inOther(database: string, sql: string): Promise<Record<string, unknown>[]>;
  /** By default as its owner, over a direct connection. */
  backUp(folder: string, options?: Partial<CreateBackupOptions>): Promise<Made>;
  verify(made: Made, options?: Partial<VerifyBackupOptions>): Promise<void>;
  restore(made: Made, options?: Partial<RestoreBackupOptions>): Promise<Restored>;
  /** Drops it, databases that restores left, and its role. */
  drop(): Promise<void>;
}

/** `prepare` is SQL that a superuser runs before the tables are created; `$role` in it is the owner. */
export async function makeOwnedDatabase(prepare = ''): Promise<OwnedDatabase> {
  const { databaseUrl } = testServices();
  const role = `role_${randomUUID().slice(0, 8)}`;
  const name = `owned_${randomUUID().slice(0, 8)}`;
  const run = (url: string, sql: string) =>
    withConnection(url, never, async (connection) => {
      const results = [await connection.query(sql)].flat();
      return results.at(-1)?.rows ?? [];
    });
  const admin = (sql: string) => run(databaseUrl, sql);
  await admin(`CREATE ROLE ${role} LOGIN CREATEDB PASSWORD 'pw-of-the-role'`);
  await admin(`CREATE DATABASE ${name} OWNER ${role} TEMPLATE template0`);
  const owner = new URL(withDatabase(databaseUrl, name));
  owner.username = role;
  owner.password = 'pw-of-the-role';
  const url = owner.href;
  const adminUrl = withDatabase(databaseUrl, name);
  const asAdmin = (sql: string) => run(adminUrl, sql);
  const asOwner = (sql: string) => run(url, sql);
  if (prepare !== '') await asAdmin(prepare.replaceAll('$role', role));
  await asOwner(sampleTables);
  const client = await realClient();
  const common = { databaseUrl: url, client, timeoutMs: 60_000, signal: never };
  return {
    ...{ url, adminUrl, name, role, asOwner, asAdmin },
    inOther: (database, sql) => run(withDatabase(databaseUrl, database), sql),
    backUp: (folder, options) => backUp({ ...common, folder, id: randomUUID(), ...options }),
    verify: ({ file, manifest }, options) =>
      verifyBackup({ ...common, file, manifest, logger: makeLogSpy(), ...options }),
    restore: ({ file, manifest }, options) =>
      restoreBackup({
        ...common,
        file,
        manifest,
        live: true,
        knownMigrations: manifest.migrations,
        beforeSwap: async () => undefined,
        logger: makeLogSpy(),
        clock,
        ...options,
      }),
    async drop() {
      const left = await admin(
        `SELECT datname FROM pg_database WHERE starts_with(datname, '${databaseNameOf(url)}')`,
      );
      for (const { datname } of left) await admin(`DROP DATABASE "${datname}" WITH (FORCE)`);
      await admin(`DROP ROLE ${role}`);
    },
  };
}
