import type { AlertRepository } from '@texas-ai/alerting';
import type { Alerts, Clock, Trouble } from '@texas-ai/kernel';
import { isHeld, type Store } from '@texas-ai/life';
import { heldSubject, holdKinds, troubleOfHold } from './troubles.js';

/**
 * Has the troubles with keys and models last as long as their holds, whoever died between both. The troubles are
 * looked at first: one that is open has had its hold before.
 */
export async function tellOfHolds({
  alertRepository,
  alerts,
  store,
  clock,
}: {
  alertRepository: Pick<AlertRepository, 'open'>;
  alerts: Alerts;
  store: { holds: Pick<Store['holds'], 'list'> };
  clock: Clock;
}): Promise<void> {
  const open = await alertRepository.open();
  const now = clock.now();
  const inForce = (await store.holds.list()).filter((hold) => isHeld(hold, now));
  const isOpen = ({ kind, subject }: Trouble) =>
    open.some((alert) => alert.kind === kind && alert.subject === subject);
  for (const trouble of inForce.flatMap((hold) => troubleOfHold(hold, now) ?? [])) {
    if (!isOpen(trouble)) await alerts.raise(trouble);
  }
  const held = new Set(inForce.map(heldSubject));
  for (const { kind, subject } of open) {
    if (holdKinds.has(kind) && !held.has(subject)) await alerts.recover({ kind, subject });
  }
}
