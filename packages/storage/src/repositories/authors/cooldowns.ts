import type { Temporal } from '@texas-ai/kernel';
import {
  type Cooldown,
  type CooldownRepository,
  type CooldownTarget,
  probedCodes,
} from '@texas-ai/life';
import type { Knex } from 'knex';

interface CooldownRow {
  author: Cooldown['author'];
  fingerprint: string;
  code: Cooldown['code'];
  reason: string;
  until: Temporal.Instant;
}

/** A part of a statement: whether a cooldown with this code ends by a probe, whatever its `until`. */
export const isProbedCode = (code: string) =>
  `${code} IN (${probedCodes.map((each) => `'${each}'`).join(', ')})`;

/**
 * A part of a statement: whether a cooldown is in force at `now`. That of a key or model no longer in use
 * is not: the author has answered calls opened since it began, which the same key could not have opened.
 * The ten seconds allow for calls that were opened at the same moment.
 */
export const cooldownInForce = (now: string) => `(
  (${isProbedCode('author_holds.code')} OR author_holds.until > ${now})
  AND NOT EXISTS (
    SELECT FROM author_calls WHERE author_calls.author = author_holds.author
      AND opened_at > since + interval '10 seconds' AND outcome = 'answered'))`;

/**
 * The column of a cooldown's target: the fingerprint of the key, followed by a space and the model if
 * only that one cools down. One column, since the statements of the previous release know no other.
 */
export function targetColumn({
  fingerprint,
  model,
}: Pick<CooldownTarget, 'fingerprint' | 'model'>): string {
  return model === undefined ? fingerprint : `${fingerprint} ${model}`;
}

export function toTarget({
  author,
  fingerprint: name,
}: Pick<CooldownRow, 'author' | 'fingerprint'>): CooldownTarget {
  const end = name.indexOf(' ');
  if (end < 0) return { author, fingerprint: name };
  return { author, fingerprint: name.slice(0, end), model: name.slice(end + 1) };
}

const whereTarget = (target: CooldownTarget) => ({
  author: target.author,
  fingerprint: targetColumn(target),
});

export function makeCooldownRepository(db: Knex): CooldownRepository {
  return {
    async begin({ code, reason, until, ...target }) {
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
        { ...whereTarget(target), code, reason, until: until.toString() },
      );
      return rows[0]?.began === true;
    },

    async list() {
      const rows: CooldownRow[] = await db('author_holds')
        .orderBy(['author', 'fingerprint'])
        .select('author', 'fingerprint', 'code', 'reason', 'until');
      return rows.map((row) => ({
        ...toTarget(row),
        code: row.code,
        reason: row.reason,
        until: row.until,
      }));
    },

    async isRefused(author) {
      const found = await db('author_holds')
        .where({ author })
        .whereIn('code', [...probedCodes])
        .whereRaw(cooldownInForce('now()'))
        .first('code');
      return found !== undefined;
    },

    async claimProbe(target, now, next) {
      const taken = await db('author_holds')
        .where(whereTarget(target))
        .whereIn('code', [...probedCodes])
        .where('until', '<=', now.toString())
        .update({ until: next.toString() });
      return taken > 0;
    },

    async end(target) {
      await db('author_holds').where(whereTarget(target)).delete();
    },

    async removeAbandoned(dueBefore) {
      const rows: Pick<CooldownRow, 'author' | 'fingerprint'>[] = await db('author_holds')
        .whereIn('code', [...probedCodes])
        .where('until', '<=', dueBefore.toString())
        .delete()
        .returning(['author', 'fingerprint']);
      return rows.map(toTarget);
    },

    async expire(now) {
      return db('author_holds')
        .whereNotIn('code', [...probedCodes])
        .where('until', '<=', now.toString())
        .delete();
    },
  };
}
