import { type CharacterRepository, type Profile, profileSchema } from '@texas-ai/life';
import type { Knex } from 'knex';
import type { LRUCache } from 'lru-cache';

interface CharacterRow {
  id: string;
  profile: unknown;
  profile_hash: string;
}

/** Profiles by hash, so that a step does not read and parse one each time. */
export type KnownProfiles = LRUCache<string, Profile>;

export function makeCharacterRepository(db: Knex, known: KnownProfiles): CharacterRepository {
  async function synchronise(records: Parameters<CharacterRepository['synchronise']>[0]) {
    if (records.length === 0) return [];
    const rows: CharacterRow[] = records.map(({ profile, hash }) => ({
      id: profile.id,
      profile: JSON.stringify(profile),
      profile_hash: hash,
    }));
    const changed: { id: string }[] = await db('characters')
      .insert(rows)
      .onConflict('id')
      .merge({
        profile: db.raw('excluded.profile'),
        profile_hash: db.raw('excluded.profile_hash'),
        updated_at: db.fn.now(),
      })
      .whereRaw('characters.profile_hash <> excluded.profile_hash')
      .returning('id');
    return changed.map((row) => row.id);
  }

  async function find(id: string) {
    const row = await db<CharacterRow>('characters').where({ id }).first('profile_hash');
    if (!row) return null;
    const remembered = known.get(row.profile_hash);
    if (remembered) return remembered;
    const full = await db<CharacterRow>('characters')
      .where({ id })
      .first('profile', 'profile_hash');
    if (!full) return null;
    const profile = profileSchema.parse(full.profile);
    known.set(full.profile_hash, profile);
    return profile;
  }

  async function list({ after, limit }: Parameters<CharacterRepository['list']>[0]) {
    // The material is by far the most of a profile, and nobody who lists characters wants it.
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
