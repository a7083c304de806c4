import type { AlertRepository } from '@texas-ai/alerting';
import type { AlertCondition, Alerts, Clock } from '@texas-ai/kernel';
import { isCoolingDown, type Store } from '@texas-ai/life';
import {
  cooldownAlert,
  cooldownAlertKinds,
  cooldownIdentity,
} from '../failures/alert-conditions.js';

/**
 * Keeps an alert open exactly as long as its cooldown is in force with the same code, even if a process
 * died in between. Reads the open alerts first: an alert is raised only after its cooldown is stored.
 */
export async function updateCooldownAlerts({
  alertRepository,
  alerts,
  store,
  clock,
}: {
  alertRepository: Pick<AlertRepository, 'open'>;
  alerts: Alerts;
  store: { cooldowns: Pick<Store['cooldowns'], 'list'> };
  clock: Clock;
}): Promise<void> {
  const open = await alertRepository.open();
  const now = clock.now();
  const inForce = (await store.cooldowns.list()).filter((cooldown) => isCoolingDown(cooldown, now));
  const identities = inForce.map(cooldownIdentity);
  for (const { kind, subject } of open) {
    const isOver = !identities.some((identity) => isSame(identity, { kind, subject }));
    if (cooldownAlertKinds.has(kind) && isOver) await alerts.recover({ kind, subject });
  }
  for (const condition of inForce.flatMap((cooldown) => cooldownAlert(cooldown, now) ?? [])) {
    if (!open.some((each) => isSame(each, condition))) await alerts.raise(condition);
  }
}

type Identity = Pick<AlertCondition, 'kind' | 'subject'>;

function isSame(one: Identity, other: Identity): boolean {
  return one.kind === other.kind && one.subject === other.subject;
}
