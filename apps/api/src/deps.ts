import { fileURLToPath } from 'node:url';
import { type Config, readCharacterFiles, secretsOf } from '@texas-ai/config';
import { connectProducer, makeProducer, type Producer } from '@texas-ai/jobs';
import { type Clock, type Logger, makeOwner, type Owner, systemClock } from '@texas-ai/kernel';
import { type CharacterRecord, characterRecords, type Store } from '@texas-ai/life';
import { makeLogger } from '@texas-ai/logging';
import { type Database, makeStore, openDatabase } from '@texas-ai/storage';
import { makeReadiness, type Readiness } from './readiness.js';

/** The repository's root, which holds `config/`. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type ApiConfig = Config<string, string>;

export interface ApiDeps {
  config: ApiConfig;
  logger: Logger;
  clock: Clock;
  database: Database;
  store: Store;
  producer: Producer;
  internalApiKey: string;
  readiness: Readiness;
  /** The characters of this installation's profile files. */
  characters: CharacterRecord[];
  owner: Owner;
}

/** Wires the gateway. Throws `config_invalid` where a profile is broken. */
export function makeDeps(config: ApiConfig, internalApiKey: string): ApiDeps {
  const owner = makeOwner();
  const characters = characterRecords(readCharacterFiles(root));
  const logger = owner.own(
    makeLogger({
      service: 'api',
      level: config.logging.level,
      format: config.logging.format,
      secrets: [...secretsOf(config), internalApiKey],
    }),
    (each) => each.close(),
  );
  const database = owner.own(
    openDatabase({ ...config.database, applicationName: 'texas-api', logger }),
    (each) => each.destroy(),
  );
  const connection = owner.own(connectProducer({ url: config.redis.url, logger }), (each) =>
    each.disconnect(),
  );
  const producer = owner.own(
    makeProducer({ connection, onError: (error) => logger.warn('queue failed', { error }) }),
    (each) => each.close(),
  );
  const readiness = makeReadiness({
    database: async () => database.raw('SELECT 1'),
    redis: () => producer.ping(),
  });
  const store = makeStore(database);
  return {
    config,
    logger,
    clock: systemClock,
    database,
    store,
    producer,
    internalApiKey,
    readiness,
    characters,
    owner,
  };
}
