import {
  type CharacterRecord,
  type CharacterRepository,
  type Profile,
  profileSchema,
} from '@texas-ai/life';
import type { Knex } from 'knex';
import type { LRUCache } from 'lru-cache';

interface CharacterRow {
  id: string;
  profile: unknown;
  profile_hash: string;
}

/** Profiles stored in one statement. */
const batch = 500;

/** A part of a statement: whether a stored character differs from its file, which has this hash. */
const differs = (hash: string) => `(characters.profile_hash <> ${hash}
  OR NOT characters.from_file OR characters.next_plan_at = 'infinity')`;

/** Parsed profiles by hash. */
export type KnownProfiles = LRUCache<string, Profile>;

export function makeCharacterRepository(db: Knex, known: KnownProfiles): CharacterRepository {
  async function synchronise(records: Parameters<CharacterRepository['synchronise']>[0]) {
    if (records.length === 0) return [];
    const ids = records.map(({ profile }) => profile.id);
    const { rows: others } = await db.raw<{ rows: { id: string }[] }>(
      `SELECT given.id FROM unnest(?::text[], ?::text[]) AS given (id, hash)
         LEFT JOIN characters ON characters.id = given.id
       WHERE characters.id IS NULL OR ${differs('given.hash')}`,
      [ids, records.map(({ hash }) => hash)],
    );
    const wanted = new Set(others.map(({ id }) => id));
    const changed = records.filter(({ profile }) => wanted.has(profile.id));
    const stored: string[] = [];
    for (let done = 0; done < changed.length; done += batch) {
      stored.push(...(await put(changed.slice(done, done + batch))));
    }
    await db('characters')
      .where({ from_file: true })
      .whereRaw("next_plan_at <> 'infinity' AND id <> ALL(?::text[])", [ids])
      .update({ next_plan_at: 'infinity' });
    return stored;
  }

  async function put(records: readonly CharacterRecord[]): Promise<string[]> {
    const { rows } = await db.raw<{ rows: { id: string }[] }>(
      `INSERT INTO characters (id, profile, profile_hash, from_file)
       SELECT id, profile::jsonb, hash, true
       FROM unnest(?::text[], ?::text[], ?::text[]) AS given (id, profile, hash)
       ON CONFLICT (id) DO UPDATE SET profile = excluded.profile,
         profile_hash = excluded.profile_hash, from_file = true, updated_at = now(),
         -- Its hours or its zone may have changed.
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
    // The material is by far the largest part of a profile, and lists do not show it.
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
