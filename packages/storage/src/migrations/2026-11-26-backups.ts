import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What is known of backups; each dump has a manifest beside it, since this table dies with the database.
    CREATE TABLE backups (
      id uuid PRIMARY KEY,
      kind text NOT NULL CHECK (kind IN ('scheduled', 'requested', 'restore-point')),
      state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'good', 'failed', 'bad', 'pruned')),
      requested_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      finished_at timestamptz,
      file text,
      size bigint CHECK (size > 0),
      sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      encrypted boolean NOT NULL DEFAULT false,
      places text[] NOT NULL DEFAULT '{}',
      verified_at timestamptz,
      error_code text,
      error_message text,
      CHECK (state <> 'good' OR (file IS NOT NULL AND size IS NOT NULL AND sha256 IS NOT NULL)),
      CHECK ((error_code IS NULL) = (error_message IS NULL))
    );
    -- One at a time in the whole fleet.
    CREATE UNIQUE INDEX backups_in_flight ON backups ((true)) WHERE state IN ('queued', 'running');
    CREATE INDEX backups_good ON backups (finished_at) WHERE state = 'good';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE backups');
}
