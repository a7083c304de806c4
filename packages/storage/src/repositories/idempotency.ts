import type { IdempotencyRepository } from '@texas-ai/life';
import type { Knex } from 'knex';

export function makeIdempotencyRepository(db: Knex): IdempotencyRepository {
  return {
    async find(key) {
      const row = await db('idempotency_keys').where({ key }).first('generation_id');
      return row?.generation_id ?? null;
    },
    async remember(key, generationId) {
      await db('idempotency_keys').insert({ key, generation_id: generationId });
    },
  };
}
