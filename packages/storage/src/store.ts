import { Temporal } from '@texas-ai/kernel';
import type { Repositories, Store } from '@texas-ai/life';
import { advisoryLocks } from '@texas-ai/postgres';
import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import type { Database } from './database/database.js';
import { storageFailure, withStorageFailures } from './database/storage-failure.js';
import { makeCooldownRepository } from './repositories/authors/cooldowns.js';
import { makeLedgerRepository } from './repositories/authors/ledger.js';
import {
  type KnownProfiles,
  makeCharacterRepository,
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

/** Well below the time after which PostgreSQL ends a transaction that does nothing. */
const aliveMs = 500;

/** A profile may have some hundred kilobytes of material. */
const mostKnownProfiles = 100;

/** The use cases' store on PostgreSQL. */
export function makeStore(database: Database): Store {
  const profiles: KnownProfiles = new LRUCache({ max: mostKnownProfiles });

  const repositories = (db: Knex): Repositories => ({
    characters: withStorageFailures(makeCharacterRepository(db, profiles)),
    generations: withStorageFailures({
      ...makeGenerationRepository(db),
      ...makeFallbackQueries(db),
    }),
    checkpoints: withStorageFailures(makeCheckpointRepository(db)),
    schedule: withStorageFailures(makeScheduleRepository(db)),
    days: withStorageFailures(makeDayRepository(db)),
    interactions: withStorageFailures(makeInteractionRepository(db)),
    majorEvents: withStorageFailures(makeMajorEventRepository(db)),
    requests: withStorageFailures(makeRequestRepository(db)),
    ledger: withStorageFailures(makeLedgerRepository(db)),
    cooldowns: withStorageFailures(makeCooldownRepository(db)),
    retention: withStorageFailures(makeRetentionRepository(db)),
    transfers: withStorageFailures(makeTransferRepository(db)),
  });

  return {
    ...repositories(database),
    async transaction(work) {
      try {
        return await database.transaction((transaction) => work(repositories(transaction)));
      } catch (error) {
        throw storageFailure(error);
      }
    },

    async now() {
      try {
        const { rows } = await database.raw<{ rows: { now: Temporal.Instant }[] }>('SELECT now()');
        return rows[0]?.now ?? Temporal.Now.instant();
      } catch (error) {
        throw storageFailure(error);
      }
    },

    async identity() {
      try {
        const { rows } = await database.raw<{ rows: { oid: number }[] }>(
          'SELECT oid FROM pg_database WHERE datname = current_database()',
        );
        return String(rows[0]?.oid);
      } catch (error) {
        throw storageFailure(error);
      }
    },

    async exclusively(name, work) {
      try {
        return await database.transaction(async (guard) => {
          const { rows } = await guard.raw<{ rows: { locked: boolean }[] }>(
            'SELECT pg_try_advisory_xact_lock(?) AS locked',
            [advisoryLocks[name]],
          );
          if (rows[0]?.locked !== true) return false;
          // PostgreSQL ends the transaction, and with it the lock, of a process that is heard of no more.
          const alive = setInterval(() => {
            guard.raw('SELECT 1').catch(() => undefined);
          }, aliveMs);
          try {
            await work();
            return true;
          } finally {
            clearInterval(alive);
          }
        });
      } catch (error) {
        throw storageFailure(error);
      }
    },
  };
}
