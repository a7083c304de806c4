import { readCharacterFiles } from '@texas-ai/config';
import type { Logger } from '@texas-ai/kernel';
import { characterRecords } from '@texas-ai/life';
import { makeStore } from '@texas-ai/storage';
import pg from 'pg';
import { experiencesPerDay, storeDays } from './stored-days.js';
import { openMigrated } from './use-cases.js';
import { bringWrk } from './wrk.js';

/** What is made once for all measurements that need it; plain values, since they cross processes. */
export interface Fixtures {
  /** The load generator can be run. */
  wrk: true;
  millionExperiences: StoredDays;
}

export type FixtureName = keyof Fixtures;

/** A database in which one character has that many days in a row, from 1990-01-01 on. */
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
    bringWrk();
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

/** Migrates a database and gives it characters with the contents of the first profile. */
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

/** Each fixture is made when it is first asked for; one that failed fails whoever asks. */
export function makeFixtures(deps: FixtureDeps): (name: FixtureName) => Promise<unknown> {
  const made = new Map<FixtureName, Promise<unknown>>();
  return (name) => {
    const known = made.get(name) ?? makers[name](deps);
    made.set(name, known);
    return known;
  };
}
