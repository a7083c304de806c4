import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import type { Alert } from '../src/alert.js';
import type { Channel, Message } from '../src/channels/channel.js';
import type { DeliverDeps } from '../src/delivery/deliver.js';
import { buildAlert } from './samples.js';

const alert = buildAlert();
interface Scenario {
  tries?: number;
  waitMs?: number;
  send?: Send;
  recoveredAt?: Alert['recoveredAt'];
}
export const key = { alertId: alert.id, channel: 'slack', phase: 'raised' } as const;
export const rejection = new TexasError('alert_failed', 'It rejected the message.', {
  details: { status: 500, answer: 'canary' },
});

export type Send = Channel['send'];

/** Dependencies for one delivery, which record messages and outcomes. */
export function makeDeliverDeps(scenario: Scenario = {}) {
  const { tries = 1, waitMs = 0, send = async () => '200', recoveredAt = null } = scenario;
  const messages: Message[] = [];
  const outcomes: unknown[] = [];
  const leases: number[] = [];
  const logger = makeLogSpy();
  let claimed = false;
  const deps: DeliverDeps = {
    alerts: {
      async claim(claim, leaseMs) {
        leases.push(leaseMs);
        if (claimed) return null;
        claimed = true;
        return { ...claim, tries, alert: { ...alert, recoveredAt } };
      },
      async sent() {
        outcomes.push('sent');
      },
      async failed(_key, failure) {
        outcomes.push(failure);
      },
    },
    channels: [
      {
        name: 'slack',
        rateLimit: { messages: 1, seconds: 1 },
        send(message, signal) {
          messages.push(message);
          return send(message, signal);
        },
      },
    ],
    acquire: async () => waitMs,
    redact: (text) => text.replaceAll('canary', '[redacted]'),
    logger,
  };
  return { deps, messages, outcomes, leases, logger };
}
