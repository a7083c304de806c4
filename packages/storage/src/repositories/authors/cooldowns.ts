import type { Temporal } from '@texas-ai/kernel';
import {
  type Cooldown,
  type CooldownRepository,
  type CooldownTarget,
  probedCodes,
} from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';

interface CooldownRow {
  author: Cooldown['author'];
  fingerprint: string;
  code: Cooldown['code'];
  reason: string;
  until: Temporal.Instant;
}

/** SQL condition: whether a cooldown with this code ends by a probe, whatever its `until`. */
export const isProbedCode = (code: string) =>
  `${code} IN (${probedCodes.map((each) => `'${each}'`).join(', ')})`;

/**
 * SQL condition: whether a cooldown is in force at `now`. It is not if the author has answered a call
 * opened since: that call used another key or model, and this one is no longer in use. The ten seconds
 * allow for calls that were opened at the same moment.
 */
export const cooldownInForce = (now: string) => `(
  (${isProbedCode('author_holds.code')} OR author_holds.until > ${now})
  AND NOT EXISTS (
    SELECT FROM author_calls WHERE author_calls.author = author_holds.author
      AND opened_at > since + interval '10 seconds' AND outcome = 'answered'))`;

/**
 * The stored form of a target: the fingerprint of the key, followed by a space and the model if only that
 * model cools down. It is one column for compatibility with the statements of the previous release.
 */
export function targetColumn({
  fingerprint,
  model,
}: Pick<CooldownTarget, 'fingerprint' | 'model'>): string {
  return model === undefined ? fingerprint : `${fingerprint} ${model}`;
}

export function toTarget({
  author,
  fingerprint: column,
}: Pick<CooldownRow, 'author' | 'fingerprint'>): CooldownTarget {
  const end = column.indexOf(' ');
  if (end < 0) return { author, fingerprint: column };
  return { author, fingerprint: column.slice(0, end), model: column.slice(end + 1) };
}

const whereTarget = (target: CooldownTarget) => ({
  author: target.author,
  fingerprint: targetColumn(target),
});

export function makeCooldownRepository(db: Knex): CooldownRepository {
  return {
    async begin({ code, reason, until, ...target }) {
      const rows = await queryRows<{ began: boolean }>(
        db,
        `INSERT INTO author_holds AS cooldown (author, fingerprint, code, reason, until)
         VALUES (:author, :fingerprint, :code, :reason, :until)
         ON CONFLICT (author, fingerprint) DO UPDATE SET code = excluded.code,
           reason = excluded.reason, until = excluded.until,
           since = CASE WHEN ${isProbedCode('cooldown.code')} OR cooldown.until > now()
             THEN cooldown.since ELSE now() END
         WHERE CASE WHEN cooldown.code = excluded.code THEN cooldown.until <= excluded.until
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
      const claimed = await db('author_holds')
        .where(whereTarget(target))
        .whereIn('code', [...probedCodes])
        .where('until', '<=', now.toString())
        .update({ until: next.toString() });
      return claimed > 0;
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
