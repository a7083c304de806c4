import type { Temporal } from '@texas-ai/kernel';
import type { EndedCall, LedgerRepository, PlannedCall } from '@texas-ai/life';
import type { Knex } from 'knex';
import { makeBatcher } from '../../database/batcher.js';
import { queryRows } from '../../database/query-rows.js';
import { closeCalls } from './close-calls.js';
import { openCalls } from './open-calls.js';
import { type AverageCache, makeSpendingQueries } from './spending.js';

/** Calls that a process opens, or closes, at the same moment share a statement. */
export function makeLedgerRepository(db: Knex, averages?: AverageCache): LedgerRepository {
  const open = makeBatcher((calls: readonly PlannedCall[]) => openCalls(db, calls));
  const close = makeBatcher(async (calls: readonly EndedCall[]) => {
    await closeCalls(db, calls);
    return calls.map(() => undefined);
  });
  return {
    ...makeSpendingQueries(db, averages),

    open,

    async renewLease(id, leaseMs) {
      await db('author_calls')
        .where({ id, closed_at: null })
        // An expired lease that was cleared is not renewed: another worker may be making the call.
        .whereNotNull('leased_until')
        .update({ leased_until: db.raw("now() + ? * interval '1 millisecond'", [leaseMs]) });
    },

    close: (id, end) => close({ id, ...end }),

    async closeLost(openedBefore) {
      const ids: string[] = await db('author_calls')
        .whereNull('closed_at')
        .where('opened_at', '<', openedBefore.toString())
        .pluck('id');
      await closeCalls(
        db,
        ids.map((id) => ({ id, outcome: 'lost', usage: null })),
      );
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
