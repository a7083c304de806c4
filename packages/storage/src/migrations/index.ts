import type { Knex } from 'knex';
import * as first from './2026-11-23-first.js';
import * as gateway from './2026-11-24-gateway.js';
import * as fleet from './2026-11-25-fleet.js';
import * as backups from './2026-11-26-backups.js';
import * as retention from './2026-11-26-retention.js';
import * as quota from './2026-11-27-quota.js';
import * as callLeases from './2026-11-30-1039-call-leases.js';
import * as authorFailures from './2026-11-30-1041-author-failures.js';
import * as shards from './2026-11-30-1745-shards.js';

/** Every migration in order. A name, once released, is never changed. */
const migrations: Record<string, Knex.Migration> = {
  '2026-11-23-first': first,
  '2026-11-24-gateway': gateway,
  '2026-11-25-fleet': fleet,
  '2026-11-26-backups': backups,
  '2026-11-26-retention': retention,
  '2026-11-27-quota': quota,
  '2026-11-30-1039-call-leases': callLeases,
  '2026-11-30-1041-author-failures': authorFailures,
  '2026-11-30-1745-shards': shards,
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
