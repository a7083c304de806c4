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

    CREATE INDEX major_events_by_start ON major_events (character_id, start_date, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX major_events_by_start;
    ALTER TABLE chapters DROP COLUMN written_order;
    DROP TABLE api_keys;
  `);
}
