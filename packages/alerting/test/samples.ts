import { Temporal, TexasError } from '@texas-ai/kernel';
import type { Alert } from '../src/alert.js';
import type { Message } from '../src/channels/channel.js';

export const at = Temporal.Instant.from('2026-11-25T04:00:00Z');

export function buildMessage(overrides: Partial<Message> = {}): Message {
  return {
    title: 'Texas AI: no worker is running',
    text: '没有人写日程。\nStart a worker.',
    level: 'error',
    kind: 'no_worker',
    subject: 'fleet',
    code: null,
    count: 1,
    over: false,
    at,
    ...overrides,
  };
}

export function buildAlert(overrides: Partial<Alert> = {}): Alert {
  return {
    id: '0193a2b4-0000-7bbb-8ccc-0123456789ab',
    kind: 'no_worker',
    subject: 'fleet',
    level: 'error',
    title: 'no worker is running',
    message: 'Start a worker.',
    code: null,
    count: 1,
    openedAt: at,
    lastSeenAt: at,
    quietSeconds: null,
    recoveredAt: null,
    ...overrides,
  };
}

/** A signal that never aborts. */
export const neverAborted = new AbortController().signal;

/** Returns the TexasError that a promise rejects with; throws for anything else. */
export async function failureOf(promise: Promise<unknown>): Promise<TexasError> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof TexasError)) throw new Error(`Not a TexasError: ${failure}`);
  return failure;
}
