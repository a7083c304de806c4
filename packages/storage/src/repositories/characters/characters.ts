import {
  type CharacterRecord,
  type CharacterRepository,
  type Profile,
  profileSchema,
} from '@texas-ai/life';
import type { Knex } from 'knex';
import type { LRUCache } from 'lru-cache';
import { queryRows } from '../../database/query-rows.js';

interface CharacterRow {
  id: string;
  profile: unknown;
  profile_hash: string;
}

/** Profiles stored per statement. */
const batchSize = 500;

/** SQL condition: whether a stored character differs from its file, which has this hash. */
const differs = (hash: string) => `(characters.profile_hash <> ${hash}
  OR NOT characters.from_file OR characters.next_plan_at = 'infinity')`;

/** Parsed profiles, by hash. */
export type ProfileCache = LRUCache<string, Profile>;

/** Returns the profile of a character, which is read and parsed once per hash; null if she is gone. */
export async function readProfile(
  db: Knex,
  cache: ProfileCache,
  id: string,
  hash: string,
): Promise<Profile | null> {
  const cached = cache.get(hash);
  if (cached) return cached;
  const row = await db<CharacterRow>('characters').where({ id }).first('profile', 'profile_hash');
  if (!row) return null;
  const profile = profileSchema.parse(row.profile);
  cache.set(row.profile_hash, profile);
  return profile;
}

export function makeCharacterRepository(db: Knex, profileCache: ProfileCache): CharacterRepository {
  async function synchronise(records: Parameters<CharacterRepository['synchronise']>[0]) {
    if (records.length === 0) return [];
    const ids = records.map(({ profile }) => profile.id);
    const outdated = await queryRows<{ id: string }>(
      db,
      `SELECT file.id FROM unnest(?::text[], ?::text[]) AS file (id, hash)
         LEFT JOIN characters ON characters.id = file.id
       WHERE characters.id IS NULL OR ${differs('file.hash')}`,
      [ids, records.map(({ hash }) => hash)],
    );
    const outdatedIds = new Set(outdated.map(({ id }) => id));
    const changed = records.filter(({ profile }) => outdatedIds.has(profile.id));
    const stored: string[] = [];
    for (let start = 0; start < changed.length; start += batchSize) {
      stored.push(...(await store(changed.slice(start, start + batchSize))));
    }
    await db('characters')
      .where({ from_file: true })
      .whereRaw("next_plan_at <> 'infinity' AND id <> ALL(?::text[])", [ids])
      .update({ next_plan_at: 'infinity' });
    return stored;
  }

  async function store(records: readonly CharacterRecord[]): Promise<string[]> {
    const rows = await queryRows<{ id: string }>(
      db,
      `INSERT INTO characters (id, profile, profile_hash, from_file)
       SELECT id, profile::jsonb, hash, true
       FROM unnest(?::text[], ?::text[], ?::text[]) AS file (id, profile, hash)
       ON CONFLICT (id) DO UPDATE SET profile = excluded.profile,
         profile_hash = excluded.profile_hash, from_file = true, updated_at = now(),
         -- The sleep hours or the time zone may have changed.
         next_plan_at = now()
       WHERE ${differs('excluded.profile_hash')}
       RETURNING id`,
      [
        records.map(({ profile }) => profile.id),
        records.map(({ profile }) => JSON.stringify(profile)),
        records.map(({ hash }) => hash),
      ],
    );
    return rows.map(({ id }) => id);
  }

  async function find(id: string) {
    const row = await db<CharacterRow>('characters').where({ id }).first('profile_hash');
    return row ? readProfile(db, profileCache, id, row.profile_hash) : null;
  }

  async function list({ after, limit }: Parameters<CharacterRepository['list']>[0]) {
    // Lists do not show the material, by far the largest part of a profile.
    const query = db('characters')
      .orderBy('id')
      .limit(limit)
      .select(db.raw("profile - 'material' AS profile"));
    if (after !== undefined) query.where('id', '>', after);
    const rows: Pick<CharacterRow, 'profile'>[] = await query;
    return rows.map((row) => profileSchema.parse(row.profile));
  }

  return { synchronise, find, list };
}
