import type { Temporal } from '@texas-ai/kernel';
import {
  type CharacterRecord,
  type CharacterRepository,
  type DueCharacter,
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

/** A part of a statement: whether a character is not what its file, of that hash, would have it. */
const differs = (hash: string) => `(characters.profile_hash <> ${hash}
  OR NOT characters.from_file OR characters.next_plan_at = 'infinity')`;

/** Profiles by hash, so that a step does not read and parse one each time. */
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
         -- Its hours or its zone may be others now.
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
    // The material is by far the most of a profile, and nobody who lists characters wants it.
    const query = db('characters')
      .orderBy('id')
      .limit(limit)
      .select(db.raw("profile - 'material' AS profile"));
    if (after !== undefined) query.where('id', '>', after);
    const rows: Pick<CharacterRow, 'profile'>[] = await query;
    return rows.map((row) => profileSchema.parse(row.profile));
  }

  async function due(now: Temporal.Instant, limit: number): Promise<DueCharacter[]> {
    return (
      db('characters')
        .where('next_plan_at', '<=', now.toString())
        .orderBy('next_plan_at')
        .limit(limit)
        .select({ id: 'id', timeZone: 'time_zone', wakesAt: 'wakes_at' })
        // Not FOR UPDATE, which whoever asks for a day of theirs would wait for, or deadlock with.
        .forNoKeyUpdate()
        .skipLocked()
    );
  }

  async function planNext(times: ReadonlyMap<string, Temporal.Instant>): Promise<void> {
    await db.raw(
      `UPDATE characters SET next_plan_at = planned.at
       FROM unnest(?::text[], ?::timestamptz[]) AS planned (id, at)
       WHERE characters.id = planned.id`,
      [[...times.keys()], [...times.values()].map(String)],
    );
  }

  async function countDue(now: Temporal.Instant): Promise<number> {
    const [row] = await db('characters')
      .where('next_plan_at', '<=', now.toString())
      .count<{ count: number }[]>('* as count');
    return row?.count ?? 0;
  }

  return { synchronise, find, list, due, countDue, planNext };
}
