import type { AlertCondition, Alerts, LogFields, Logger, Temporal } from '@texas-ai/kernel';
import type { Alert, DeliveryKey } from './alert.js';
import type { AlertChanges, AlertRepository } from './repository.js';
import { channelsFor, type Route } from './routing.js';

export interface AlertsDeps {
  alerts: Pick<AlertRepository, 'raise' | 'recover' | 'recoverQuiet'>;
  routes: readonly Route[];
  /** Names of the configured channels. */
  channels: readonly string[];
  /** Removes secrets from text. */
  redact(text: string): string;
  /** Enqueues deliveries. Lost ones are found and enqueued later by the monitor. */
  dispatch(deliveries: readonly DeliveryKey[]): Promise<void>;
  logger: Logger;
}

/** Alerts that may also end because they were not raised again for a while. */
export interface StoredAlerts extends Alerts {
  /** Ends the alerts whose `quietSeconds` have passed. Never rejects. */
  recoverQuiet(now: Temporal.Instant): Promise<void>;
}

/** Stores alerts in the database, and notifies channels once when an alert begins and once when it ends. */
export function makeAlerts(deps: AlertsDeps): StoredAlerts {
  const { alerts, routes, channels, redact, dispatch, logger } = deps;

  /** Applies changes, then logs and dispatches them. `fields` identify the alert in the log if something fails. */
  async function apply(change: () => Promise<AlertChanges>, fields: LogFields = {}): Promise<void> {
    let changes: AlertChanges;
    try {
      changes = await change();
    } catch (error) {
      logger.error('alert not stored', { ...fields, error });
      return;
    }
    for (const alert of changes.alerts) logAlert(logger, alert);
    if (changes.deliveries.length === 0) return;
    try {
      await dispatch(changes.deliveries);
    } catch (error) {
      logger.warn('alert not dispatched, will be delivered later', { ...fields, error });
    }
  }

  return {
    async raise(condition) {
      const routed = channelsFor(condition, routes, channels);
      const clean = {
        ...condition,
        title: storable(redact(condition.title)),
        message: storable(redact(condition.message)),
      };
      await apply(() => alerts.raise(clean, routed), fieldsOf(condition));
    },
    recover: (condition) => apply(() => alerts.recover(condition), fieldsOf(condition)),
    recoverQuiet: (now) => apply(() => alerts.recoverQuiet(now)),
  };
}

/** Logs the beginning and the end of an alert, for operators without a channel. */
export function logAlert(
  logger: Logger,
  { kind, subject, level, title, recoveredAt, count }: Alert,
): void {
  const fields = { kind, subject, title, count };
  if (recoveredAt !== null) logger.info('alert recovered', fields);
  else logger[level === 'error' ? 'error' : 'warn']('alert raised', fields);
}

/** A provider's text may contain anything; PostgreSQL accepts neither NUL nor lone surrogates. */
function storable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cs}]/gu, ' ');
}

function fieldsOf({ kind, subject }: Pick<AlertCondition, 'kind' | 'subject'>): LogFields {
  return { kind, subject };
}
