import type { Alert, AlertChanges, AlertRepository, DeliveryKey } from '@texas-ai/alerting';
import type { Temporal } from '@texas-ai/kernel';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { withStorageFailures } from '../../database/storage-failure.js';

interface AlertRow {
  id: string;
  kind: Alert['kind'];
  subject: string;
  level: Alert['level'];
  title: string;
  message: string;
  code: Alert['code'];
  count: number;
  quiet_seconds: number | null;
  opened_at: Temporal.Instant;
  last_seen_at: Temporal.Instant;
  recovered_at: Temporal.Instant | null;
}

type ChangedRow = AlertRow & { channels: string[] };

export function makeAlertRepository(db: Knex): AlertRepository {
  const where = ({ alertId, channel, phase }: DeliveryKey) => ({
    alert_id: alertId,
    channel,
    phase,
  });

  /** Closes the matching open alerts, and adds a delivery for each of their channels that has not given up. */
  async function end(condition: string, bindings: Knex.ValueDict): Promise<AlertChanges> {
    const rows = await queryRows<ChangedRow>(
      db,
      `WITH ended AS (
         UPDATE alerts SET recovered_at = now()
         WHERE recovered_at IS NULL AND ${condition} RETURNING alerts.*
       ), deliveries AS (
         INSERT INTO alert_deliveries (alert_id, channel, phase)
         SELECT alert_id, channel, 'recovered' FROM alert_deliveries
           JOIN ended ON ended.id = alert_id
         WHERE phase = 'raised' AND given_up_at IS NULL
         ON CONFLICT DO NOTHING RETURNING alert_id, channel
       )
       SELECT ended.*, ARRAY(SELECT channel FROM deliveries WHERE alert_id = ended.id) AS channels
       FROM ended`,
      bindings,
    );
    return changedBy(rows, 'recovered');
  }

  return withStorageFailures<AlertRepository>({
    async raise({ kind, subject, level, title, message, code, quietSeconds }, channels) {
      const rows = await queryRows<ChangedRow>(
        db,
        `WITH raised AS (
           INSERT INTO alerts (id, kind, subject, level, title, message, code, quiet_seconds)
           VALUES (:id, :kind, :subject, :level, :title, :message, :code, :quiet)
           ON CONFLICT (kind, subject) WHERE recovered_at IS NULL DO UPDATE SET
             count = alerts.count + 1, last_seen_at = now(),
             title = excluded.title, message = excluded.message, code = excluded.code
           RETURNING alerts.*
         ), deliveries AS (
           INSERT INTO alert_deliveries (alert_id, channel, phase)
           SELECT raised.id, channel, 'raised' FROM raised, unnest(:channels::text[]) AS channel
           WHERE raised.id = :id RETURNING channel
         )
         SELECT raised.*, ARRAY(SELECT channel FROM deliveries) AS channels FROM raised
         WHERE raised.id = :id`,
        {
          id: uuid(),
          kind,
          subject,
          level,
          title,
          message,
          code: code ?? null,
          quiet: quietSeconds ?? null,
          channels: [...channels],
        },
      );
      return changedBy(rows, 'raised');
    },

    recover: ({ kind, subject }) => end('kind = :kind AND subject = :subject', { kind, subject }),

    recoverQuiet: (now) =>
      end("last_seen_at < :now::timestamptz - quiet_seconds * interval '1 second'", {
        now: now.toString(),
      }),

    async assertWritable() {
      await db.transaction(async (inTransaction) => {
        await inTransaction.raw('UPDATE alerts SET count = count WHERE false');
        // Exceeds the memory limit, so PostgreSQL writes a temporary file, which needs free disk space.
        await inTransaction.raw("SET LOCAL work_mem = '64kB'");
        await inTransaction.raw('SELECT count(*) FROM generate_series(1, 50000)');
      });
    },

    async open() {
      const rows: AlertRow[] = await db('alerts')
        .whereNull('recovered_at')
        .orderBy('opened_at', 'desc');
      return rows.map(toAlert);
    },

    async due(before, limit, channels) {
      return db('alert_deliveries')
        .whereIn('channel', channels)
        .whereNull('sent_at')
        .whereNull('given_up_at')
        .where('next_try_at', '<=', before.toString())
        .orderBy('next_try_at')
        .limit(limit)
        .select({ alertId: 'alert_id', channel: 'channel', phase: 'phase' });
    },

    async claim(key, leaseMs) {
      const [row] = await queryRows<AlertRow & { tries: number }>(
        db,
        `UPDATE alert_deliveries AS delivery SET tries = tries + 1,
           next_try_at = now() + :leaseMs * interval '1 millisecond'
         FROM alerts
         WHERE alerts.id = alert_id AND alert_id = :alert_id AND channel = :channel
           AND phase = :phase AND sent_at IS NULL AND given_up_at IS NULL AND next_try_at <= now()
           -- The recovery is sent only after the alert itself.
           AND (phase = 'raised' OR NOT EXISTS (
             SELECT FROM alert_deliveries AS raised
             WHERE raised.alert_id = delivery.alert_id AND raised.channel = delivery.channel
               AND raised.phase = 'raised' AND raised.sent_at IS NULL
               AND raised.given_up_at IS NULL))
         RETURNING alerts.*, tries`,
        { ...where(key), leaseMs },
      );
      return row ? { ...key, tries: row.tries, alert: toAlert(row) } : null;
    },

    async sent(key) {
      await db('alert_deliveries').where(where(key)).update({ sent_at: db.fn.now(), error: null });
    },

    async failed(key, { error, againMs, free }) {
      await db('alert_deliveries')
        .where(where(key))
        .update({
          error: error.slice(0, 500),
          ...(free && { tries: db.raw('greatest(tries - 1, 0)') }),
          ...(againMs === null
            ? { given_up_at: db.fn.now() }
            : { next_try_at: db.raw("now() + ? * interval '1 millisecond'", [againMs]) }),
        });
    },
  });
}

function changedBy(rows: readonly ChangedRow[], phase: DeliveryKey['phase']): AlertChanges {
  return {
    alerts: rows.map(toAlert),
    deliveries: rows.flatMap(({ id, channels }) =>
      channels.map((channel) => ({ alertId: id, channel, phase })),
    ),
  };
}

function toAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    level: row.level,
    title: row.title,
    message: row.message,
    code: row.code,
    count: row.count,
    quietSeconds: row.quiet_seconds,
    openedAt: row.opened_at,
    lastSeenAt: row.last_seen_at,
    recoveredAt: row.recovered_at,
  };
}
