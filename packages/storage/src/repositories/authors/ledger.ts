import type { Temporal } from '@texas-ai/kernel';
import type { LedgerRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';
import { closeCall } from './close-call.js';
import { openCall } from './open-call.js';
import { makeSpendingQueries } from './spending.js';

export function makeLedgerRepository(db: Knex): LedgerRepository {
  return {
    ...makeSpendingQueries(db),

    open: (call) => openCall(db, call),

    async renewLease(id, leaseMs) {
      await db('author_calls')
        .where({ id, closed_at: null })
        // An expired lease that was cleared is not renewed: another worker may be making the call.
        .whereNotNull('leased_until')
        .update({ leased_until: db.raw("now() + ? * interval '1 millisecond'", [leaseMs]) });
    },

    close: (id, end) => closeCall(db, id, end),

    async closeLost(openedBefore) {
      const ids: string[] = await db('author_calls')
        .whereNull('closed_at')
        .where('opened_at', '<', openedBefore.toString())
        .pluck('id');
      for (const id of ids) await closeCall(db, id, { outcome: 'lost', usage: null });
      return ids.length;
    },

    async lastCalls({ author, fingerprint, model }, since) {
      const [last] = await queryRows<{
        madeAt: Temporal.Instant | null;
        answeredAt: Temporal.Instant | null;
      }>(
        db,
        `SELECT max(opened_at) AS "madeAt",
           max(opened_at) FILTER (WHERE outcome = 'answered') AS "answeredAt"
         FROM author_calls
         WHERE author = :author AND opened_at >= :since::timestamptz
           AND fingerprint = :fingerprint AND model IS NOT DISTINCT FROM :model`,
        { author, fingerprint, model, since: since.toString() },
      );
      return last ?? { madeAt: null, answeredAt: null };
    },
  };
}
