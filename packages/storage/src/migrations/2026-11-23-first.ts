import type { Knex } from 'knex';

// Times of day are minutes since local midnight, 0-1440. Dates are the character's local dates.

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE EXTENSION IF NOT EXISTS btree_gist;

    CREATE TABLE characters (
      id text PRIMARY KEY,
      profile jsonb NOT NULL,
      profile_hash text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE major_events (
      id uuid PRIMARY KEY,
      character_id text NOT NULL REFERENCES characters,
      kind text NOT NULL,
      title text NOT NULL,
      objective text NOT NULL,
      start_date date NOT NULL,
      days smallint NOT NULL CHECK (days BETWEEN 1 AND 7),
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT major_events_do_not_overlap
        EXCLUDE USING gist (character_id WITH =, daterange(start_date, start_date + days) WITH &&)
    );

    CREATE TABLE generations (
      id uuid PRIMARY KEY,
      character_id text NOT NULL REFERENCES characters,
      date date NOT NULL,
      ordinal integer NOT NULL CHECK (ordinal > 0),
      status text NOT NULL DEFAULT 'queued' CHECK (status IN
        ('queued', 'planning', 'writing', 'publishing', 'published', 'failed', 'cancelled')),
      run integer NOT NULL DEFAULT 1,
      author text NOT NULL CHECK (author IN ('gemini', 'offline')),
      model text,
      author_version text,
      profile_hash text NOT NULL,
      brief jsonb,
      summary text,
      warnings jsonb NOT NULL DEFAULT '[]',
      plan_tries integer NOT NULL DEFAULT 0,
      chapters_total smallint NOT NULL DEFAULT 0,
      chapters_written smallint NOT NULL DEFAULT 0,
      calls integer NOT NULL DEFAULT 0,
      calls_before integer NOT NULL DEFAULT 0,
      input_tokens bigint NOT NULL DEFAULT 0,
      output_tokens bigint NOT NULL DEFAULT 0,
      cost numeric(14, 6) NOT NULL DEFAULT 0,
      error_code text,
      error_message text,
      request_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      touched_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      UNIQUE (character_id, date, ordinal),
      UNIQUE (id, character_id, date),
      CHECK (chapters_written BETWEEN 0 AND chapters_total),
      CHECK ((status = 'failed') = (error_code IS NOT NULL)),
      CHECK ((status IN ('published', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
      CHECK (status NOT IN ('publishing', 'published') OR
        (brief IS NOT NULL AND chapters_total > 0 AND chapters_written = chapters_total))
    ) WITH (fillfactor = 70);
    CREATE UNIQUE INDEX generations_one_in_flight ON generations (character_id, date)
      WHERE status IN ('queued', 'planning', 'writing', 'publishing');
    -- Not by touched_at: a heartbeat that changes no index is cheap.
    CREATE INDEX generations_unfinished ON generations (created_at)
      WHERE status IN ('queued', 'planning', 'writing', 'publishing');

    CREATE TABLE schedule_items (
      id uuid PRIMARY KEY,
      generation_id uuid NOT NULL REFERENCES generations ON DELETE CASCADE,
      position smallint NOT NULL,
      start_minute smallint NOT NULL,
      end_minute smallint NOT NULL,
      title text NOT NULL CHECK (title <> ''),
      category text NOT NULL CHECK (category IN ('personal', 'work', 'social', 'rest')),
      priority text NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
      asleep boolean NOT NULL,
      location text NOT NULL CHECK (location <> ''),
      description text NOT NULL,
      companions jsonb NOT NULL,
      weather_affected boolean NOT NULL,
      emotional_tags jsonb NOT NULL,
      interaction_potential text NOT NULL CHECK (interaction_potential IN ('low', 'medium', 'high')),
      UNIQUE (generation_id, position),
      CHECK (0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440),
      CONSTRAINT schedule_items_do_not_overlap EXCLUDE USING gist
        (generation_id WITH =, int4range(start_minute, end_minute) WITH &&)
    );

    CREATE TABLE chapters (
      generation_id uuid NOT NULL REFERENCES generations ON DELETE CASCADE,
      position smallint NOT NULL,
      slots jsonb NOT NULL,
      tries integer NOT NULL DEFAULT 0,
      written_at timestamptz,
      PRIMARY KEY (generation_id, position)
    );

    CREATE TABLE experiences (
      id uuid PRIMARY KEY,
      generation_id uuid NOT NULL,
      item_position smallint NOT NULL,
      start_minute smallint NOT NULL,
      end_minute smallint NOT NULL,
      content text NOT NULL CHECK (content <> ''),
      emotions jsonb NOT NULL,
      thoughts text NOT NULL,
      interaction text CHECK (interaction <> ''),
      UNIQUE (generation_id, start_minute),
      FOREIGN KEY (generation_id, item_position)
        REFERENCES schedule_items (generation_id, position) ON DELETE CASCADE,
      CHECK (0 <= start_minute AND end_minute <= 1440),
      CHECK (end_minute - start_minute BETWEEN 5 AND 30)
    );

    CREATE TABLE days (
      character_id text NOT NULL,
      date date NOT NULL,
      generation_id uuid NOT NULL UNIQUE,
      published_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (character_id, date),
      FOREIGN KEY (generation_id, character_id, date)
        REFERENCES generations (id, character_id, date)
    );

    CREATE TABLE interactions (
      id uuid PRIMARY KEY,
      generation_id uuid NOT NULL REFERENCES generations ON DELETE CASCADE,
      experience_id uuid NOT NULL UNIQUE REFERENCES experiences ON DELETE CASCADE,
      content text NOT NULL,
      window_start timestamptz NOT NULL,
      window_end timestamptz NOT NULL,
      status text NOT NULL DEFAULT 'planned'
        CHECK (status IN ('planned', 'sent', 'expired', 'failed')),
      CHECK (window_start <= window_end)
    );
    CREATE INDEX interactions_by_generation ON interactions (generation_id);
    CREATE INDEX interactions_planned ON interactions (window_start) WHERE status = 'planned';

    CREATE TABLE idempotency_keys (
      key text PRIMARY KEY,
      generation_id uuid NOT NULL REFERENCES generations ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now()
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE idempotency_keys, interactions, days, experiences, chapters, schedule_items,
      generations, major_events, characters;
  `);
}
