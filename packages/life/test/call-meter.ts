import { Temporal, TexasError } from '@texas-ai/kernel';
import { buildBudget, buildGeneration, makeLogSpy } from '@texas-ai/testing';
import { type CallRequest, makeCallMeter, type Quotas } from '../src/authoring/call-meter.js';
import type { CallEnd, OpenedCall, PlannedCall } from '../src/spending/ledger.js';
import type { PriceTable } from '../src/spending/prices.js';

export const meterTime = '2026-11-23T04:00:00Z';

/** A meter on a ledger and a bucket that record what is done with them. */
export function makeMeter(
  options: {
    now?: string;
    day?: Quotas['day'];
    used?: () => Promise<void>;
    unopened?: Error;
    unrenewed?: (() => boolean) | undefined;
    waitMs?: number;
    prices?: PriceTable;
  } = {},
) {
  const done: string[] = [];
  const planned: PlannedCall[] = [];
  const closed: CallEnd[] = [];
  const renewed: string[] = [];
  const taken: number[] = [];
  const used: number[] = [];
  const failures: unknown[] = [];
  const answers: OpenedCall[] = [];
  const logger = makeLogSpy();
  const bucket = {
    take: async (tokens: number) => {
      done.push('take');
      taken.push(tokens);
      return {
        waitMs: options.waitMs ?? 0,
        release: async () => void done.push('release'),
        used: async (seen: number) => {
          used.push(seen);
          await options.used?.();
        },
      };
    },
  };
  const meter = makeCallMeter({
    ledger: {
      open: async (call) => {
        done.push('open');
        planned.push(call);
        if (options.unopened) throw options.unopened;
        return answers.shift() ?? { kind: 'opened', id: `call-${planned.length}` };
      },
      async renewLease(id) {
        renewed.push(id);
        if (options.unrenewed?.()) throw new TexasError('storage_unavailable', 'It is away.');
      },
      close: async (_id, end) => {
        done.push('close');
        if (failures.length > 0) throw failures.shift();
        closed.push(end);
      },
    },
    quotasOf: () => ({ bucket, day: options.day ?? null }),
    budget: buildBudget(options.prices && { prices: options.prices }),
    clock: { now: () => Temporal.Instant.from(options.now ?? meterTime) },
    leaseMs: 60_000,
    logger,
  });
  const begin = (call: Partial<CallRequest> = {}) =>
    meter.begin({
      generation: buildGeneration({ author: 'gemini' }),
      step: 'write-chapter',
      chapter: 2,
      author: { name: 'gemini', model: 'scripted', fingerprint: 'a-key' },
      maxCalls: 40,
      ...call,
    });
  return { begin, done, planned, closed, renewed, taken, used, failures, answers, logger };
}
