import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE api_keys (
      id uuid PRIMARY KEY,
      -- The readable part, by which a key is found; the whole key is nowhere.
      short text NOT NULL UNIQUE,
      hash bytea NOT NULL,
      name text NOT NULL CHECK (name <> ''),
      scopes text[] NOT NULL CHECK (
        cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'generate', 'admin']),
      created_at timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz,
      revoked_at timestamptz
    );

    -- The how-manieth chapter it was to be stored; null until then.
    ALTER TABLE chapters ADD COLUMN written_order smallint;
    UPDATE chapters SET written_order = ordered.number
      FROM (SELECT generation_id, position,
          row_number() OVER (PARTITION BY generation_id ORDER BY written_at, position) AS number
        FROM chapters WHERE written_at IS NOT NULL) AS ordered
      WHERE chapters.generation_id = ordered.generation_id AND chapters.position = ordered.position;

    -- A key means nothing to others than the one who made it up.
    ALTER TABLE idempotency_keys
      ADD COLUMN caller text NOT NULL DEFAULT '',
      ADD COLUMN fresh boolean NOT NULL DEFAULT false,
      DROP CONSTRAINT idempotency_keys_pkey,
      ADD PRIMARY KEY (caller, key);

    -- A list by (date, id) stays cheap only where one index has both.
    ALTER TABLE interactions ADD COLUMN character_id text, ADD COLUMN date date;
    UPDATE interactions SET character_id = generations.character_id, date = generations.date
      FROM generations WHERE generations.id = interactions.generation_id;
    ALTER TABLE interactions
      ALTER COLUMN character_id SET NOT NULL, ALTER COLUMN date SET NOT NULL;
    CREATE INDEX interactions_by_date ON interactions (character_id, date, id);
    CREATE INDEX interactions_by_status ON interactions (character_id, status, date, id);

    CREATE INDEX major_events_by_start ON major_events (character_id, start_date, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX major_events_by_start;
    ALTER TABLE interactions DROP COLUMN character_id, DROP COLUMN date;
    DELETE FROM idempotency_keys WHERE caller <> '' AND EXISTS (
      SELECT FROM idempotency_keys AS other
      WHERE other.key = idempotency_keys.key AND other.caller < idempotency_keys.caller);
    ALTER TABLE idempotency_keys
      DROP CONSTRAINT idempotency_keys_pkey,
      DROP COLUMN caller,
      DROP COLUMN fresh,
      ADD PRIMARY KEY (key);
    ALTER TABLE chapters DROP COLUMN written_order;
    DROP TABLE api_keys;
  `);
}
