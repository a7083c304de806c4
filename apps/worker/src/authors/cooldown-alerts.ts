import type { AlertRepository } from '@texas-ai/alerting';
import type { Alerts, Clock, Trouble } from '@texas-ai/kernel';
import { isHeld, type Store } from '@texas-ai/life';
import { holdKinds, identityOfHold, troubleOfHold } from '../failures/alert-conditions.js';

/**
 * Keeps the troubles with keys and models open exactly as long as their holds are in force for the same
 * reason, whichever process died in between. Open troubles are read first: the hold of each was there before.
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
  const held = inForce.map(identityOfHold);
  for (const each of open) {
    const isOver = holdKinds.has(each.kind) && !held.some((hold) => isSame(hold, each));
    if (isOver) await alerts.recover({ kind: each.kind, subject: each.subject });
  }
  for (const trouble of inForce.flatMap((hold) => troubleOfHold(hold, now) ?? [])) {
    if (!open.some((each) => isSame(each, trouble))) await alerts.raise(trouble);
  }
}

type Identity = Pick<Trouble, 'kind' | 'subject'>;

function isSame(one: Identity, other: Identity): boolean {
  return one.kind === other.kind && one.subject === other.subject;
}
