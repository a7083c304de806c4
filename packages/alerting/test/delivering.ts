import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import type { Alert } from '../src/alert.js';
import type { Channel, Message } from '../src/channel.js';
import type { DeliverDeps } from '../src/deliver.js';
import { buildAlert } from './samples.js';

const alert = buildAlert();
interface Deed {
  tries?: number;
  waitMs?: number;
  send?: Send;
  recoveredAt?: Alert['recoveredAt'];
}
export const key = { alertId: alert.id, channel: 'slack', phase: 'raised' } as const;
export const refusal = new TexasError('alert_failed', 'It refused the message.', {
  details: { status: 500, answer: 'canary' },
});

export type Send = Channel['send'];

/** A deed of its own for each delivery; what becomes of it is remembered. */
export function delivering(deed: Deed = {}) {
  const { tries = 1, waitMs = 0, send = async () => '200', recoveredAt = null } = deed;
  const told: Message[] = [];
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
        pace: { messages: 1, seconds: 1 },
        send(message, signal) {
          told.push(message);
          return send(message, signal);
        },
      },
    ],
    takePlace: async () => waitMs,
    redact: (text) => text.replaceAll('canary', '[redacted]'),
    logger,
  };
  return { deps, told, outcomes, leases, logger };
}
