import {
  connectProducer,
  makeProducer,
  openQueues,
  type Producer,
  type Queues,
  untilReady,
} from '@texas-ai/jobs';
import { type Logger, makeOwner, type Owner } from '@texas-ai/kernel';
import type { Store } from '@texas-ai/life';
import { type Database, makeStore, migrate, openDatabase } from '@texas-ai/storage';
import type { Servers } from './servers.js';

/** The dependencies of use cases in this process: a migrated database and queues. */
export interface UseCaseDeps {
  database: Database;
  store: Store;
  queues: Queues;
  steps: Producer;
  prefix: string;
  owner: Owner;
}

export async function openUseCaseDeps(servers: Servers, logger: Logger): Promise<UseCaseDeps> {
  const owner = makeOwner();
  const database = owner.own(await openMigrated(servers.databaseUrl, logger), (each) =>
    each.destroy(),
  );
  const connection = owner.own(connectProducer({ url: servers.redisUrl, logger }), (each) =>
    each.disconnect(),
  );
  await untilReady(connection);
  const prefix = 'texas';
  const queues = owner.own(openQueues({ connection, prefix, logger }), (each) => each.close());
  return {
    database,
    store: makeStore(database),
    queues,
    steps: makeProducer(queues),
    prefix,
    owner,
  };
}

/** Opens and migrates a database, with longer timeouts than in the product. */
export async function openMigrated(url: string, logger: Logger): Promise<Database> {
  const database = openDatabase({
    url,
    applicationName: 'texas-bench',
    poolMax: 10,
    connectTimeoutSeconds: 5,
    acquireTimeoutSeconds: 60,
    statementTimeoutSeconds: 60,
    idleInTransactionTimeoutSeconds: 60,
    logger,
  });
  await migrate(database);
  return database;
}
