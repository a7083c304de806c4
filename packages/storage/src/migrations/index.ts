import type { Knex } from 'knex';
import * as first from './2026-11-23-first.js';
import * as gateway from './2026-11-24-gateway.js';
import * as fleet from './2026-11-25-fleet.js';

/** Every migration in order. A name, once released, is never changed. */
const migrations: Record<string, Knex.Migration> = {
  '2026-11-23-first': first,
  '2026-11-24-gateway': gateway,
  '2026-11-25-fleet': fleet,
};

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(migrations),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const migration = migrations[name];
    if (!migration) throw new RangeError(`There is no migration “${name}”.`);
    return migration;
  },
};
