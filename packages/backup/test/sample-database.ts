import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';

/** A database with the two tables that identify ours, and with everything that is hard to dump. */
export async function makeSampleDatabase(): Promise<TestDatabase> {
  const sample = await makeTestDatabase({ empty: true });
  await sample.database.raw(sampleTables);
  return sample;
}

/** SQL that creates them. */
export const sampleTables = `
    CREATE EXTENSION IF NOT EXISTS btree_gist;
    CREATE TYPE mood AS ENUM ('calm', 'glad');
    CREATE TABLE migrations (
      id serial PRIMARY KEY, name text, batch integer, migration_time timestamptz);
    INSERT INTO migrations (name, batch, migration_time)
      VALUES ('2026-11-23-first', 1, now()), ('2026-11-24-gateway', 1, now());
    CREATE TABLE generations (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      number integer GENERATED ALWAYS AS IDENTITY,
      profile jsonb NOT NULL,
      zone text GENERATED ALWAYS AS (profile ->> 'zone') STORED,
      cost numeric(14, 6) NOT NULL,
      share double precision,
      body bytea,
      mood mood NOT NULL DEFAULT 'calm',
      tags text[],
      took interval,
      touched_at timestamptz NOT NULL DEFAULT now());
    INSERT INTO generations (profile, cost, share, body, tags, took)
      SELECT jsonb_build_object('zone', 'Asia/Shanghai', 'n', n), n / 7.0, n / 3.0,
        sha256(n::text::bytea), ARRAY['早安', n::text, NULL], make_interval(hours => n)
      FROM generate_series(1, 500) AS n;
    CREATE TABLE bookings (
      generation_id uuid NOT NULL REFERENCES generations ON DELETE CASCADE,
      span int4range NOT NULL,
      EXCLUDE USING gist (generation_id WITH =, span WITH &&));
    INSERT INTO bookings SELECT id, int4range(number, number + 5) FROM generations;
    CREATE TABLE "Odd ""name" (value text);
    INSERT INTO "Odd ""name" VALUES (NULL), (E'a\\tb\\nc'), ('');
    CREATE TABLE nothing_yet (id integer);
`;

/** Returns the number of rows of a table. */
export async function countRows({ database }: TestDatabase, table: string): Promise<number> {
  return Number((await database(table).count('* as rows'))[0]?.rows);
}
