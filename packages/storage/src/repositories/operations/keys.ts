import type { ApiKey, KeyRepository, Scope } from '@texas-ai/access';
import type { Temporal } from '@texas-ai/kernel';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { withStorageFailures } from '../../database/storage-failure.js';

interface KeyRow {
  id: string;
  short: string;
  hash: Buffer;
  name: string;
  scopes: Scope[];
  created_at: Temporal.Instant;
  last_used_at: Temporal.Instant | null;
  revoked_at: Temporal.Instant | null;
}

export function makeKeyRepository(db: Knex): KeyRepository {
  const table = () => db<KeyRow>('api_keys');
  return withStorageFailures({
    async insert({ short, hash, name, scopes }) {
      const rows = (await db('api_keys')
        .insert({ id: uuid(), short, hash, name, scopes: [...scopes] })
        .returning('*')) as KeyRow[];
      return toKey(rows[0] as KeyRow);
    },

    async findByShort(short) {
      const row: KeyRow | undefined = await table().where({ short }).first();
      return row ? { ...toKey(row), hash: row.hash } : null;
    },

    async list() {
      const rows: KeyRow[] = await table().orderBy('created_at', 'desc');
      return rows.map(toKey);
    },

    async revoke(short) {
      const revoked = (await db('api_keys')
        .where({ short })
        .whereNull('revoked_at')
        .update({ revoked_at: db.fn.now() })
        .returning('*')) as KeyRow[];
      if (revoked[0]) return { key: toKey(revoked[0]), already: false };
      const row: KeyRow | undefined = await table().where({ short }).first();
      return row ? { key: toKey(row), already: true } : null;
    },

    async findRevoked(ids) {
      const rows = await queryRows<{ id: string }>(
        db,
        `SELECT given.id FROM unnest(?::uuid[]) AS given (id)
         WHERE NOT EXISTS (SELECT FROM api_keys WHERE id = given.id AND revoked_at IS NULL)`,
        [[...ids]],
      );
      return rows.map((row) => row.id);
    },

    async recordUse(uses) {
      await db.raw(
        `UPDATE api_keys SET last_used_at = greatest(last_used_at, used.at)
         FROM unnest(?::uuid[], ?::timestamptz[]) AS used (id, at) WHERE api_keys.id = used.id`,
        [[...uses.keys()], [...uses.values()].map(String)],
      );
    },
  });
}

function toKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    short: row.short,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
