import { Temporal } from '@texas-ai/kernel';
import type { Repositories, Store } from '@texas-ai/life';
import { advisoryLocks } from '@texas-ai/postgres';
import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import type { Database } from './database/database.js';
import { queryRows } from './database/query-rows.js';
import { withStorageFailures } from './database/storage-failure.js';
import { makeCooldownRepository } from './repositories/authors/cooldowns.js';
import { makeLedgerRepository } from './repositories/authors/ledger.js';
import { type AverageCache, makeAverageCache } from './repositories/authors/spending.js';
import {
  makeCharacterRepository,
  type ProfileCache,
} from './repositories/characters/characters.js';
import { makeTransferRepository } from './repositories/characters/transfers.js';
import { makeDayRepository } from './repositories/days/days.js';
import { makeInteractionRepository } from './repositories/days/interactions.js';
import { makeMajorEventRepository } from './repositories/days/major-events.js';
import { makeCheckpointRepository } from './repositories/generations/checkpoints.js';
import { makeFallbackQueries } from './repositories/generations/fallbacks.js';
import { makeGenerationRepository } from './repositories/generations/generations.js';
import { makeRequestRepository } from './repositories/generations/requests.js';
import { makeScheduleRepository } from './repositories/generations/schedule.js';
import { makeRetentionRepository } from './repositories/operations/retention.js';

/** Well below `idleInTransactionTimeoutSeconds`. */
const keepAliveMs = 500;

/** A profile may have several hundred kilobytes of material. */
const maxCachedProfiles = 100;

/** The PostgreSQL implementation of the store. */
export function makeStore(database: Database): Store {
  const profiles: ProfileCache = new LRUCache({ max: maxCachedProfiles });
  const averages = makeAverageCache();

  /** A transaction reads the averages itself: it decides on many days. */
  const repositories = (db: Knex, ownAverages?: AverageCache): Repositories => ({
    characters: withStorageFailures(makeCharacterRepository(db, profiles)),
    generations: withStorageFailures({
      ...makeGenerationRepository(db),
      ...makeFallbackQueries(db),
    }),
    checkpoints: withStorageFailures(makeCheckpointRepository(db, profiles)),
    schedule: withStorageFailures(makeScheduleRepository(db)),
    days: withStorageFailures(makeDayRepository(db)),
    interactions: withStorageFailures(makeInteractionRepository(db)),
    majorEvents: withStorageFailures(makeMajorEventRepository(db)),
    requests: withStorageFailures(makeRequestRepository(db)),
    ledger: withStorageFailures(makeLedgerRepository(db, ownAverages)),
    cooldowns: withStorageFailures(makeCooldownRepository(db)),
    retention: withStorageFailures(makeRetentionRepository(db)),
    transfers: withStorageFailures(makeTransferRepository(db)),
  });

  const own: Omit<Store, keyof Repositories> = {
    transaction: (work) => database.transaction((transaction) => work(repositories(transaction))),

    async now() {
      const [row] = await queryRows<{ now: Temporal.Instant }>(database, 'SELECT now()');
      return row?.now ?? Temporal.Now.instant();
    },

    async identity() {
      const [row] = await queryRows<{ oid: number }>(
        database,
        'SELECT oid FROM pg_database WHERE datname = current_database()',
      );
      return String(row?.oid);
    },

    exclusively: (name, work) =>
      database.transaction(async (transaction) => {
        const [row] = await queryRows<{ locked: boolean }>(
          transaction,
          'SELECT pg_try_advisory_xact_lock(?) AS locked',
          [advisoryLocks[name]],
        );
        if (row?.locked !== true) return false;
        // If this process stops responding, PostgreSQL ends the idle transaction and releases the lock.
        const keepAlive = setInterval(() => {
          transaction.raw('SELECT 1').catch(() => undefined);
        }, keepAliveMs);
        try {
          await work();
          return true;
        } finally {
          clearInterval(keepAlive);
        }
      }),
  };
  return { ...repositories(database, averages), ...withStorageFailures(own) };
}
