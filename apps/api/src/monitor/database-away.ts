import { type Alert, channelsFor, logAlert, messageOf, type Route } from '@texas-ai/alerting';
import { explain, type TexasError } from '@texas-ai/kernel';
import { makeOutbox, type OutboxDeps } from './outbox.js';

export interface DatabaseAwayDeps extends OutboxDeps {
  routes: readonly Route[];
}

export interface DatabaseAway {
  /**
   * Takes note of whether PostgreSQL answered this time, or why it did not, and begins to tell what is to be
   * told.
   */
  notice(answers: true | TexasError): void;
  /** Resolves when no channel is being told. */
  idle(): Promise<void>;
}

/** Times in a row without an answer that are a trouble. */
const missesUntilAway = 2;

const trouble = {
  kind: 'database_away',
  subject: 'postgresql',
  level: 'error',
  code: 'storage_unavailable',
  title: 'PostgreSQL does not answer, or rejects writes',
  message:
    'Nothing is accepted or written until it is back; what was accepted is kept and goes on by itself ' +
    'then. Look after the PostgreSQL that DATABASE_URL names: whether it runs, can be reached from ' +
    'here, accepts this user with all privileges that it needs, has free disk space, and is no replica.',
} as const;

/**
 * Alerts are kept in PostgreSQL, so none can be kept of its own absence: every process tells the
 * channels of it by itself, from memory, once when it begins and once when it is over.
 */
export function makeDatabaseAway(deps: DatabaseAwayDeps): DatabaseAway {
  const { channels, routes, clock, logger } = deps;
  const names = channels.map(({ name }) => name);
  const told = channelsFor(trouble, routes, names);
  const outbox = makeOutbox({
    ...deps,
    channels: channels.filter(({ name }) => told.includes(name)),
  });
  /** Since the first time without an answer. */
  let missing: Alert | null = null;

  function say(alert: Alert): void {
    logAlert(logger, alert);
    const phase = alert.recoveredAt === null ? 'raised' : 'recovered';
    outbox.put(messageOf({ alert, phase }));
  }

  return {
    notice(answers) {
      const now = clock.now();
      if (answers !== true) {
        const message = `${deps.redact(explain(answers))} ${trouble.message}`;
        missing = { ...(missing ?? begun(now)), lastSeenAt: now, message };
        missing.count += 1;
        if (missing.count === missesUntilAway) say(missing);
      } else if (missing) {
        if (missing.count >= missesUntilAway) say({ ...missing, recoveredAt: now });
        missing = null;
      }
      outbox.empty();
    },
    idle: outbox.idle,
  };
}

function begun(now: Alert['openedAt']): Alert {
  return {
    ...trouble,
    // It is kept nowhere.
    id: '',
    count: 0,
    openedAt: now,
    lastSeenAt: now,
    quietSeconds: null,
    recoveredAt: null,
  };
}
