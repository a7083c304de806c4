import type { Temporal } from '@texas-ai/kernel';
import type { AuthorHold, HoldRepository } from '@texas-ai/life';
import type { Knex } from 'knex';

export function makeHoldRepository(db: Knex): HoldRepository {
  return {
    async put({ author, fingerprint, code, reason, until }) {
      // A refused key stays refused whatever else it meets, and a spent one becomes refused.
      const { rows } = await db.raw<{ rows: { began: boolean }[] }>(
        `INSERT INTO author_holds AS hold (author, fingerprint, code, reason, until)
         VALUES (:author, :fingerprint, :code, :reason, :until)
         ON CONFLICT (author, fingerprint) DO UPDATE SET code = excluded.code,
           reason = excluded.reason, until = excluded.until,
           since = CASE WHEN hold.code = 'author_unauthorized' OR hold.until > now()
             THEN hold.since ELSE now() END
         WHERE CASE WHEN hold.code = excluded.code THEN hold.until < excluded.until
           ELSE excluded.code = 'author_unauthorized' END
         RETURNING since = now() AS began`,
        { author, fingerprint, code, reason, until: until.toString() },
      );
      return rows[0]?.began === true;
    },

    async list() {
      const rows: (Omit<AuthorHold, 'until'> & { until: Temporal.Instant })[] = await db(
        'author_holds',
      )
        .orderBy(['author', 'fingerprint'])
        .select('author', 'fingerprint', 'code', 'reason', 'until');
      return rows;
    },

    async takeProbe({ author, fingerprint }, now, next) {
      const taken = await db('author_holds')
        .where({ author, fingerprint, code: 'author_unauthorized' })
        .where('until', '<=', now.toString())
        .update({ until: next.toString() });
      return taken > 0;
    },

    async lift({ author, fingerprint }) {
      await db('author_holds').where({ author, fingerprint }).delete();
    },

    async liftUnused(dueBefore) {
      return db('author_holds')
        .where({ code: 'author_unauthorized' })
        .where('until', '<=', dueBefore.toString())
        .delete()
        .returning(['author', 'fingerprint']);
    },

    async liftOver(now) {
      return db('author_holds')
        .whereNot({ code: 'author_unauthorized' })
        .where('until', '<=', now.toString())
        .delete();
    },
  };
}
