import type { AlertCondition, Alerts, LogFields, Logger, Temporal } from '@texas-ai/kernel';
import type { DeliveryKey } from './alert.js';
import { logAlert } from './log-alert.js';
import type { AlertRepository, Changed } from './repository.js';
import { channelsFor, type Route } from './routing.js';

export interface AlertsDeps {
  alerts: Pick<AlertRepository, 'raise' | 'recover' | 'recoverQuiet'>;
  routes: readonly Route[];
  /** Names of the channels that are configured. */
  channels: readonly string[];
  /** Takes secrets out of what is said. */
  redact(text: string): string;
  /** Has the channels told; what it does not manage is done later by whoever looks for it. */
  dispatch(deliveries: readonly DeliveryKey[]): Promise<void>;
  logger: Logger;
}

/** Alerts whose end may also be that they are quiet. */
export interface KeptAlerts extends Alerts {
  /** Ends those that have been quiet for as long as they said. Does not reject either. */
  recoverQuiet(now: Temporal.Instant): Promise<void>;
}

/** Keeps troubles in the database and has their beginning and their end told, each once. */
export function makeAlerts(deps: AlertsDeps): KeptAlerts {
  const { alerts, routes, channels, redact, dispatch, logger } = deps;

  /** Has what the work changes told; `about` names it in the log where something fails. */
  async function tellOf(about: LogFields, work: () => Promise<Changed>): Promise<void> {
    let changed: Changed;
    try {
      changed = await work();
    } catch (error) {
      logger.error('alert not kept', { ...about, error });
      return;
    }
    for (const alert of changed.alerts) logAlert(logger, alert);
    if (changed.deliveries.length === 0) return;
    try {
      await dispatch(changed.deliveries);
    } catch (error) {
      logger.warn('alert not dispatched, it is delivered later', { ...about, error });
    }
  }

  return {
    async raise(trouble) {
      const told = channelsFor(trouble, routes, channels);
      const clean = {
        ...trouble,
        title: storable(redact(trouble.title)),
        message: storable(redact(trouble.message)),
      };
      await tellOf(named(trouble), () => alerts.raise(clean, told));
    },
    recover: (trouble) => tellOf(named(trouble), () => alerts.recover(trouble)),
    recoverQuiet: (now) => tellOf({}, () => alerts.recoverQuiet(now)),
  };
}

/** The words of a provider may hold anything, and PostgreSQL takes neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cs}]/gu, ' ');
}

function named({ kind, subject }: Pick<AlertCondition, 'kind' | 'subject'>): LogFields {
  return { kind, subject };
}
