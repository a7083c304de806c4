import { randomUUID } from 'node:crypto';
import { processEnvironment } from '@texas-ai/config';
import type { Clock } from '@texas-ai/kernel';
import type { Store } from '@texas-ai/life';
import { type Database, makeStore, migrate, openDatabase } from '@texas-ai/storage';
import { makeLogSpy } from './logger.js';

// The test command starts one private PostgreSQL and one Redis and says in the environment where
// they are; each test file that needs a database clones its own from a migrated template.

const databaseVariable = 'TEXAS_TEST_DATABASE_URL';
const redisVariable = 'TEXAS_TEST_REDIS_URL';
const template = 'texas_template';

export interface TestServices {
  databaseUrl: string;
  redisUrl: string;
}

/** Where the servers of this test run are; throws where the test command did not start them. */
export function testServices(): TestServices {
  const environment = processEnvironment();
  const databaseUrl = environment[databaseVariable];
  const redisUrl = environment[redisVariable];
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl };
  throw new Error('The test servers are not up: run the tests by jest with its global set-up.');
}

export function testServiceVariables(services: TestServices): Record<string, string> {
  return { [databaseVariable]: services.databaseUrl, [redisVariable]: services.redisUrl };
}

export interface TestDatabase {
  url: string;
  database: Database;
  store: Store;
  /**
   * A fixed clock at the database's present, for tests whose rows carry its `now()`. The clock of
   * this process may be another one.
   */
  databaseClock(): Promise<Clock>;
  drop(): Promise<void>;
}

/** Makes the template anew, migrated. */
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

/** A migrated, empty database of one's own; `empty` leaves out the migrations. */
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
