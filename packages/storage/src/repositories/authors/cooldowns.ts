import type { Temporal } from '@texas-ai/kernel';
import { type AuthorHold, type HeldAccess, type HoldRepository, probedCodes } from '@texas-ai/life';
import type { Knex } from 'knex';

interface HoldRow {
  author: AuthorHold['author'];
  fingerprint: string;
  code: AuthorHold['code'];
  reason: string;
  until: Temporal.Instant;
}

/**
 * A part of a statement: whether a hold with this code lasts until a probe succeeds, whatever its
 * `until` says.
 */
export const isProbedCode = (code: string) =>
  `${code} IN (${probedCodes.map((each) => `'${each}'`).join(', ')})`;

/**
 * A part of a statement: whether the hold is in force at `now`. That of a key or model which nobody uses
 * any more is not: the author answered calls that were opened since, which a held key cannot open. Ten
 * seconds are for calls that were opened at the same moment.
 */
export const holdInForce = (now: string) => `(
  (${isProbedCode('author_holds.code')} OR author_holds.until > ${now})
  AND NOT EXISTS (
    SELECT FROM author_calls WHERE author_calls.author = author_holds.author
      AND opened_at > since + interval '10 seconds' AND outcome = 'answered'))`;

/**
 * What is held, as one column names it: the fingerprint of a key, and after a space the model where only
 * that is held. One column, since the statements of the release before know no other.
 */
export function heldName({
  fingerprint,
  model,
}: Pick<HeldAccess, 'fingerprint' | 'model'>): string {
  return model === undefined ? fingerprint : `${fingerprint} ${model}`;
}

export function heldAccess({
  author,
  fingerprint: name,
}: Pick<HoldRow, 'author' | 'fingerprint'>): HeldAccess {
  const end = name.indexOf(' ');
  if (end < 0) return { author, fingerprint: name };
  return { author, fingerprint: name.slice(0, end), model: name.slice(end + 1) };
}

const whereHeld = (held: HeldAccess) => ({ author: held.author, fingerprint: heldName(held) });

export function makeHoldRepository(db: Knex): HoldRepository {
  return {
    async put({ code, reason, until, ...held }) {
      const { rows } = await db.raw<{ rows: { began: boolean }[] }>(
        `INSERT INTO author_holds AS hold (author, fingerprint, code, reason, until)
         VALUES (:author, :fingerprint, :code, :reason, :until)
         ON CONFLICT (author, fingerprint) DO UPDATE SET code = excluded.code,
           reason = excluded.reason, until = excluded.until,
           since = CASE WHEN ${isProbedCode('hold.code')} OR hold.until > now()
             THEN hold.since ELSE now() END
         WHERE CASE WHEN hold.code = excluded.code THEN hold.until <= excluded.until
           ELSE ${isProbedCode('excluded.code')} END
         RETURNING since = now() AS began`,
        { ...whereHeld(held), code, reason, until: until.toString() },
      );
      return rows[0]?.began === true;
    },

    async list() {
      const rows: HoldRow[] = await db('author_holds')
        .orderBy(['author', 'fingerprint'])
        .select('author', 'fingerprint', 'code', 'reason', 'until');
      return rows.map((row) => ({
        ...heldAccess(row),
        code: row.code,
        reason: row.reason,
        until: row.until,
      }));
    },

    async isRefused(author) {
      const found = await db('author_holds')
        .where({ author })
        .whereIn('code', [...probedCodes])
        .whereRaw(holdInForce('now()'))
        .first('code');
      return found !== undefined;
    },

    async takeProbe(held, now, next) {
      const taken = await db('author_holds')
        .where(whereHeld(held))
        .whereIn('code', [...probedCodes])
        .where('until', '<=', now.toString())
        .update({ until: next.toString() });
      return taken > 0;
    },

    async lift(held) {
      await db('author_holds').where(whereHeld(held)).delete();
    },

    async liftUnused(dueBefore) {
      const rows: Pick<HoldRow, 'author' | 'fingerprint'>[] = await db('author_holds')
        .whereIn('code', [...probedCodes])
        .where('until', '<=', dueBefore.toString())
        .delete()
        .returning(['author', 'fingerprint']);
      return rows.map(heldAccess);
    },

    async liftOver(now) {
      return db('author_holds')
        .whereNotIn('code', [...probedCodes])
        .where('until', '<=', now.toString())
        .delete();
    },
  };
}
