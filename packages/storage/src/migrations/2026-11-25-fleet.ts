import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What is asked of many characters at once is read without their profiles, which are large.
    ALTER TABLE characters
      ADD COLUMN time_zone text GENERATED ALWAYS AS (profile ->> 'timeZone') STORED,
      ADD COLUMN language text GENERATED ALWAYS AS (profile ->> 'language') STORED,
      ADD COLUMN wakes_at text GENERATED ALWAYS AS (profile #>> '{hours,wake,0}') STORED,
      -- Whether a profile file made her; one whose file is gone is not planned any more.
      ADD COLUMN from_file boolean NOT NULL DEFAULT false,
      -- When her next day is looked after; for a new character at once, infinity for never.
      ADD COLUMN next_plan_at timestamptz NOT NULL DEFAULT now();
    CREATE INDEX characters_due ON characters (next_plan_at);

    ALTER TABLE generations
      ADD COLUMN asked_by text NOT NULL DEFAULT 'person' CHECK (asked_by IN ('person', 'night')),
      -- Fewer than configured where the budget is nearly spent.
      ADD COLUMN chapters_wanted smallint CHECK (chapters_wanted > 0),
      -- Failures of the plan step that count; plan_tries counts how often it was begun.
      ADD COLUMN plan_failures integer NOT NULL DEFAULT 0,
      -- When another author finishes it if its own is still held; null for never.
      ADD COLUMN fallback_at timestamptz,
      ADD COLUMN fallback_from text,
      ADD COLUMN fallback_code text,
      ADD COLUMN rewritten_at timestamptz,
      ADD COLUMN announced_at timestamptz,
      ADD CHECK ((fallback_from IS NULL) = (fallback_code IS NULL));
    UPDATE generations SET announced_at = finished_at WHERE status = 'published';
    CREATE INDEX generations_unannounced ON generations (finished_at)
      WHERE status = 'published' AND announced_at IS NULL;
    CREATE INDEX generations_to_rewrite ON generations (date)
      WHERE status = 'published' AND fallback_from IS NOT NULL AND rewritten_at IS NULL;

    ALTER TABLE chapters ADD COLUMN failures integer NOT NULL DEFAULT 0;

    -- Authors that rest, by the fingerprint of the key that was refused or is spent.
    CREATE TABLE author_holds (
      author text NOT NULL,
      fingerprint text NOT NULL,
      code text NOT NULL,
      reason text NOT NULL,
      since timestamptz NOT NULL DEFAULT now(),
      until timestamptz NOT NULL,
      PRIMARY KEY (author, fingerprint)
    );

    -- The ledger: opened before a call with what it is expected to cost, closed with what it did.
    -- It outlives the generations.
    CREATE TABLE author_calls (
      id uuid PRIMARY KEY,
      generation_id uuid NOT NULL,
      character_id text NOT NULL,
      date date NOT NULL,
      step text NOT NULL CHECK (step IN ('plan-day', 'write-chapter')),
      chapter smallint,
      author text NOT NULL,
      model text,
      -- The day of the budget.
      spent_on date NOT NULL,
      opened_at timestamptz NOT NULL DEFAULT now(),
      closed_at timestamptz,
      outcome text NOT NULL DEFAULT 'open',
      input_tokens integer NOT NULL,
      output_tokens integer NOT NULL,
      cost numeric(14, 6) NOT NULL
    );
    CREATE INDEX author_calls_by_time ON author_calls (author, opened_at);
    CREATE INDEX author_calls_by_day ON author_calls (spent_on, author);
    CREATE INDEX author_calls_by_generation ON author_calls (generation_id);
    CREATE INDEX author_calls_open ON author_calls (opened_at) WHERE closed_at IS NULL;

    -- Sums of the ledger, calls under way included; the scope is a character, or '' for everybody.
    CREATE TABLE spending (
      scope text NOT NULL,
      period text NOT NULL CHECK (period IN ('day', 'month')),
      starts_on date NOT NULL,
      calls bigint NOT NULL,
      tokens bigint NOT NULL,
      cost numeric(16, 6) NOT NULL,
      PRIMARY KEY (scope, period, starts_on)
    ) WITH (fillfactor = 50);

    CREATE TABLE alerts (
      id uuid PRIMARY KEY,
      kind text NOT NULL,
      subject text NOT NULL,
      level text NOT NULL CHECK (level IN ('warning', 'error')),
      title text NOT NULL,
      message text NOT NULL,
      count integer NOT NULL DEFAULT 1,
      opened_at timestamptz NOT NULL DEFAULT now(),
      last_seen_at timestamptz NOT NULL DEFAULT now(),
      -- Over when it was not seen for so long; null where somebody says when it is.
      quiet_seconds integer,
      recovered_at timestamptz
    );
    CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE recovered_at IS NULL;

    CREATE TABLE alert_deliveries (
      alert_id uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
      channel text NOT NULL,
      phase text NOT NULL CHECK (phase IN ('raised', 'recovered')),
      tries integer NOT NULL DEFAULT 0,
      next_try_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      given_up_at timestamptz,
      error text,
      PRIMARY KEY (alert_id, channel, phase)
    );
    CREATE INDEX alert_deliveries_waiting ON alert_deliveries (next_try_at)
      WHERE sent_at IS NULL AND given_up_at IS NULL;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE alert_deliveries, alerts, spending, author_calls, author_holds;
    ALTER TABLE chapters DROP COLUMN failures;
    ALTER TABLE generations
      DROP COLUMN asked_by, DROP COLUMN chapters_wanted, DROP COLUMN plan_failures,
      DROP COLUMN fallback_at, DROP COLUMN fallback_from, DROP COLUMN fallback_code,
      DROP COLUMN rewritten_at, DROP COLUMN announced_at;
    ALTER TABLE characters
      DROP COLUMN next_plan_at, DROP COLUMN from_file, DROP COLUMN wakes_at, DROP COLUMN language, DROP COLUMN time_zone;
  `);
}
