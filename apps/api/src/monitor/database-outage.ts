import { type Alert, channelsFor, logAlert, messageOf, type Route } from '@texas-ai/alerting';
import { explain, type TexasError } from '@texas-ai/kernel';
import { makeOutbox, type OutboxDeps } from './outbox.js';

export interface DatabaseOutageDeps extends OutboxDeps {
  routes: readonly Route[];
}

export interface DatabaseOutage {
  /** Records the outcome of a check, `true` or the failure, and starts to send what is due. */
  record(result: true | TexasError): void;
  /** Resolves once no message is being sent. */
  idle(): Promise<void>;
}

/** Failed checks in a row that count as an outage. */
const failuresUntilOutage = 2;

const condition = {
  kind: 'database_away',
  subject: 'postgresql',
  level: 'error',
  code: 'storage_unavailable',
  title: 'PostgreSQL does not respond, or rejects writes',
  message:
    'Nothing is accepted or written until it is back; accepted work is kept and resumes automatically. ' +
    'Check that the PostgreSQL of DATABASE_URL is running, is reachable from here, grants this user all ' +
    'required privileges, has free disk space, and is not a replica.',
} as const;

/**
 * A database outage cannot be recorded in the database. Each process therefore alerts from memory, once
 * when an outage begins and once when it is over.
 */
export function makeDatabaseOutage(deps: DatabaseOutageDeps): DatabaseOutage {
  const { channels, routes, clock, logger } = deps;
  const names = channels.map(({ name }) => name);
  const routed = channelsFor(condition, routes, names);
  const outbox = makeOutbox({
    ...deps,
    channels: channels.filter(({ name }) => routed.includes(name)),
  });
  /** Set from the first failed check on. */
  let outage: Alert | null = null;

  function send(alert: Alert): void {
    logAlert(logger, alert);
    const phase = alert.recoveredAt === null ? 'raised' : 'recovered';
    outbox.put(messageOf({ alert, phase }));
  }

  return {
    record(result) {
      const now = clock.now();
      if (result !== true) {
        const message = `${deps.redact(explain(result))} ${condition.message}`;
        outage = { ...(outage ?? newAlert(now)), lastSeenAt: now, message };
        outage.count += 1;
        if (outage.count === failuresUntilOutage) send(outage);
      } else if (outage) {
        if (outage.count >= failuresUntilOutage) send({ ...outage, recoveredAt: now });
        outage = null;
      }
      outbox.flush();
    },
    idle: outbox.idle,
  };
}

function newAlert(now: Alert['openedAt']): Alert {
  return {
    ...condition,
    // Not stored.
    id: '',
    count: 0,
    openedAt: now,
    lastSeenAt: now,
    quietSeconds: null,
    recoveredAt: null,
  };
}
