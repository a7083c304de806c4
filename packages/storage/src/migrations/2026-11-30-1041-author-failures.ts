import type { Knex } from 'knex';

// A price that is not known is not zero, money is exact, and days, calls and alerts say why.

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE author_calls
      -- Null where nobody knows what it cost.
      ALTER COLUMN cost DROP NOT NULL,
      ALTER COLUMN cost TYPE numeric,
      -- A probe is of no generation.
      ALTER COLUMN generation_id DROP NOT NULL,
      ALTER COLUMN character_id DROP NOT NULL,
      ALTER COLUMN date DROP NOT NULL,
      -- The one that answered, where it is priced as another than was asked for.
      ADD COLUMN priced_model text,
      DROP CONSTRAINT author_calls_step_check,
      ADD CHECK (step IN ('plan-day', 'write-chapter', 'probe')) NOT VALID;
    ALTER TABLE spending ALTER COLUMN cost TYPE numeric;
    ALTER TABLE generations
      ALTER COLUMN cost TYPE numeric,
      ADD COLUMN unpriced_calls integer NOT NULL DEFAULT 0,
      ADD COLUMN fallback_reason text;
    ALTER TABLE alerts ADD COLUMN code text;

    -- Until now a model without a price was entered as free.
    UPDATE author_calls SET cost = NULL
      WHERE cost = 0 AND model IS NOT NULL AND input_tokens + output_tokens > 0;
    UPDATE generations SET unpriced_calls = unpriced.calls
      FROM (SELECT generation_id, count(*) AS calls FROM author_calls
        WHERE cost IS NULL AND closed_at IS NOT NULL GROUP BY generation_id) AS unpriced
      WHERE generations.id = unpriced.generation_id;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DELETE FROM author_calls WHERE step = 'probe';
    UPDATE author_calls SET cost = 0 WHERE cost IS NULL;
    ALTER TABLE alerts DROP COLUMN code;
    ALTER TABLE generations
      DROP COLUMN fallback_reason, DROP COLUMN unpriced_calls, ALTER COLUMN cost TYPE numeric(14, 6);
    ALTER TABLE spending ALTER COLUMN cost TYPE numeric(16, 6);
    ALTER TABLE author_calls
      DROP CONSTRAINT author_calls_step_check,
      ADD CHECK (step IN ('plan-day', 'write-chapter')),
      DROP COLUMN priced_model,
      ALTER COLUMN date SET NOT NULL,
      ALTER COLUMN character_id SET NOT NULL,
      ALTER COLUMN generation_id SET NOT NULL,
      ALTER COLUMN cost TYPE numeric(14, 6),
      ALTER COLUMN cost SET NOT NULL;
  `);
}
