import type { Repositories, Store } from '@texas-ai/life';
import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import type { Database } from './database.js';
import { type KnownProfiles, makeCharacterRepository } from './repositories/characters.js';
import { makeDayRepository } from './repositories/days.js';
import { makeGenerationText } from './repositories/generation-text.js';
import { makeGenerationLifecycle } from './repositories/generations.js';
import { makeInteractionRepository } from './repositories/interactions.js';
import { makeMajorEventRepository } from './repositories/major-events.js';
import { makeRequestRepository } from './repositories/requests.js';
import { storageFailure, withStorageFailures } from './storage-failure.js';

/** A profile may have some hundred kilobytes of material. */
const mostKnownProfiles = 100;

/** The use cases' store on PostgreSQL. */
export function makeStore(database: Database): Store {
  const profiles: KnownProfiles = new LRUCache({ max: mostKnownProfiles });

  const repositories = (db: Knex): Repositories => ({
    characters: withStorageFailures(makeCharacterRepository(db, profiles)),
    generations: withStorageFailures({ ...makeGenerationLifecycle(db), ...makeGenerationText(db) }),
    days: withStorageFailures(makeDayRepository(db)),
    interactions: withStorageFailures(makeInteractionRepository(db)),
    majorEvents: withStorageFailures(makeMajorEventRepository(db)),
    requests: withStorageFailures(makeRequestRepository(db)),
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
  };
}
