import type { Temporal } from '@texas-ai/kernel';
import {
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
      .insert(rows.map((row) => ({ ...row, from_file: true })))
      .onConflict('id')
      .merge({
        profile: db.raw('excluded.profile'),
        profile_hash: db.raw('excluded.profile_hash'),
        from_file: true,
        // Its hours or its zone may be others now.
        next_plan_at: db.fn.now(),
        updated_at: db.fn.now(),
      })
      .whereRaw(
        `characters.profile_hash <> excluded.profile_hash OR NOT characters.from_file
         OR characters.next_plan_at = 'infinity'`,
      )
      .returning('id');
    await db('characters')
      .where({ from_file: true })
      .whereNotIn(
        'id',
        rows.map(({ id }) => id),
      )
      .whereNot({ next_plan_at: 'infinity' })
      .update({ next_plan_at: 'infinity' });
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
