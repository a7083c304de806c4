import { expect, test } from '@jest/globals';
import type { DeliveryKey } from '@texas-ai/alerting';
import { Temporal } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import type { WorkerDeps } from '../deps.js';
import { reconcile } from './reconcile.js';

const now = Temporal.Instant.from('2026-11-25T04:00:00Z');
const key: DeliveryKey = { alertId: 'one', channel: 'slack', phase: 'raised' };

test('due alerts of this worker’s channels are sent, after quiet ones have recovered', async () => {
  const done: unknown[][] = [];
  const logger = makeLogSpy();
  const deps = {
    channels: [{ name: 'slack' }, { name: 'email' }],
    alerts: { recoverQuiet: async (at: unknown) => void done.push(['recover quiet', at]) },
    alertRepository: {
      async due(...question: unknown[]) {
        done.push(['due', ...question]);
        return [key];
      },
    },
    steps: { sendAlerts: async (keys: unknown) => void done.push(['send', keys]) },
    clock: { now: () => now },
    logger,
    // Other deps are missing: the other tasks fail, which must not stop this one.
  } as unknown as WorkerDeps;
  await reconcile(deps);
  expect(done).toEqual([
    ['recover quiet', now],
    ['due', now, 500, ['slack', 'email']],
    ['send', [key]],
  ]);
  expect(logger.lines.map(({ fields }) => fields.task)).not.toContain('alerts');
});
