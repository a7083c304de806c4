import { randomUUID } from 'node:crypto';
import { processEnvironment } from '@texas-ai/config';
import type { Clock } from '@texas-ai/kernel';
import type { Store } from '@texas-ai/life';
import { type Database, makeStore, migrate, openDatabase } from '@texas-ai/storage';
import { makeLogSpy } from './logger.js';

// Jest's global set-up starts a private PostgreSQL and Redis and passes their URLs in the environment; each test file
// that needs a database clones its own from a migrated template.

const databaseVariable = 'TEXAS_TEST_DATABASE_URL';
const redisVariable = 'TEXAS_TEST_REDIS_URL';
const template = 'texas_template';

export interface TestServices {
  databaseUrl: string;
  redisUrl: string;
}

/** Returns the servers of this test run; throws if there are none. */
export function testServices(): TestServices {
  const environment = processEnvironment();
  const databaseUrl = environment[databaseVariable];
  const redisUrl = environment[redisVariable];
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl };
  throw new Error(
    'The test servers are not running: run the tests with jest and its global set-up.',
  );
}

export function testServiceVariables(services: TestServices): Record<string, string> {
  return { [databaseVariable]: services.databaseUrl, [redisVariable]: services.redisUrl };
}

export interface TestDatabase {
  url: string;
  database: Database;
  store: Store;
  /** A clock fixed at the database's time, for tests with rows of its `now()`; this process may have another time. */
  databaseClock(): Promise<Clock>;
  drop(): Promise<void>;
}

/** Recreates and migrates the template. */
export async function prepareTemplate(databaseUrl: string): Promise<void> {
  await asAdmin(databaseUrl, async (admin) => {
    await admin.raw(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await admin.raw(`CREATE DATABASE ${template}`);
  });
  const database = open(withName(databaseUrl, template));
  try {
    await migrate(database);
  } finally {
    await database.destroy();
  }
}

/** Creates a migrated database without rows; with `empty`, also without migrations. */
export async function makeTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const { databaseUrl } = testServices();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(databaseUrl, (admin) =>
    admin.raw(`CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : template}`),
  );
  const url = withName(databaseUrl, name);
  const database = open(url);
  const store = makeStore(database);
  return {
    url,
    database,
    store,
    async databaseClock() {
      const now = await store.now();
      return { now: () => now };
    },
    async drop() {
      await database.destroy();
      await asAdmin(databaseUrl, (admin) => admin.raw(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

function open(url: string, poolMax = 5): Database {
  return openDatabase({
    url,
    applicationName: 'texas-test',
    poolMax,
    connectTimeoutSeconds: 5,
    acquireTimeoutSeconds: 10,
    statementTimeoutSeconds: 20,
    idleInTransactionTimeoutSeconds: 20,
    logger: makeLogSpy(),
  });
}

async function asAdmin(url: string, work: (admin: Database) => PromiseLike<unknown>) {
  const admin = open(url, 1);
  try {
    await work(admin);
  } finally {
    await admin.destroy();
  }
}

function withName(url: string, name: string): string {
  const named = new URL(url);
  named.pathname = `/${name}`;
  return named.href;
}
