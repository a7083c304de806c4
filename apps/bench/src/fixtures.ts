import { readCharacterFiles } from '@texas-ai/config';
import type { Logger } from '@texas-ai/kernel';
import { characterRecords } from '@texas-ai/life';
import { makeStore } from '@texas-ai/storage';
import pg from 'pg';
import { experiencesPerDay, storeDays } from './stored-days.js';
import { openMigrated } from './use-cases.js';
import { ensureWrk } from './wrk.js';

/** Created once for all measurements that need them; plain values, since they are sent to other processes. */
export interface Fixtures {
  /** The load generator is available. */
  wrk: true;
  millionExperiences: StoredDays;
}

export type FixtureName = keyof Fixtures;

/** A database in which one character has `days` consecutive days from 1990-01-01 on. */
export interface StoredDays {
  databaseUrl: string;
  character: string;
  days: number;
}

export interface FixtureDeps {
  root: string;
  logger: Logger;
  makeDatabase(): Promise<string>;
}

const makers: { [Name in FixtureName]: (deps: FixtureDeps) => Promise<Fixtures[Name]> } = {
  async wrk() {
    ensureWrk();
    return true;
  },
  async millionExperiences({ root, logger, makeDatabase }) {
    const stored = {
      databaseUrl: await makeDatabase(),
      character: 'many',
      days: 1_000_000 / experiencesPerDay,
    };
    const pool = await prepareDays(stored.databaseUrl, [stored.character], root, logger);
    try {
      await storeDays(pool, stored.character, stored.days);
    } finally {
      await pool.end();
    }
    return stored;
  },
};

/** Migrates a database and adds characters with the contents of the first profile. */
export async function prepareDays(
  databaseUrl: string,
  characters: readonly string[],
  root: string,
  logger: Logger,
): Promise<pg.Pool> {
  const database = await openMigrated(databaseUrl, logger);
  try {
    const [first] = characterRecords(readCharacterFiles(root));
    if (!first) throw new Error('There is no character profile.');
    await makeStore(database).characters.synchronise(
      characters.map((id) => ({ profile: { ...first.profile, id }, hash: `${first.hash}-${id}` })),
    );
  } finally {
    await database.destroy();
  }
  return new pg.Pool({ connectionString: databaseUrl, max: 2 });
}

/** Creates each fixture at its first use; a failed one fails every use. */
export function makeFixtures(deps: FixtureDeps): (name: FixtureName) => Promise<unknown> {
  const made = new Map<FixtureName, Promise<unknown>>();
  return (name) => {
    const known = made.get(name) ?? makers[name](deps);
    made.set(name, known);
    return known;
  };
}
