import { type Clock, type Logger, type Temporal, TexasError } from '@texas-ai/kernel';
import type { Generation } from '../generation/generation.js';
import { type Budget, sumsOf } from '../spending/budget.js';
import type {
  CallEnd,
  CallStep,
  EndedCall,
  LedgerRepository,
  OpenedCall,
  PlannedCall,
} from '../spending/ledger.js';
import { costOf, pricedModel } from '../spending/prices.js';
import type { Author, AuthorName, CallUsage } from './author.js';
import { authorFailure } from './author-failures.js';
import { cooldownFailure } from './cooldowns.js';

/** The rate limit of a key, shared by the whole fleet. */
export interface CallBucket {
  /** Reserves one call that is expected to use this number of tokens. */
  take(tokens: number): Promise<CallReservation>;
}

/** The reservation of a call in the current minute. */
export interface CallReservation {
  /** 0, or the milliseconds until a call can be reserved; then nothing was reserved. */
  waitMs: number;
  /** Releases the reservation of a call that is not made. */
  release(): Promise<void>;
  /** Corrects the reservation to the tokens that the call used. */
  used(tokens: number): Promise<void>;
}

export interface Quotas {
  /** Null if the rate is unlimited. */
  bucket: CallBucket | null;
  /** Requests per day of the provider, which begins at midnight in this IANA zone. */
  day: { max: number; timeZone: string } | null;
}

/** A call that a step is about to make. */
export interface CallRequest {
  /** Null for a probe. */
  generation: Pick<Generation, 'id' | 'character' | 'date'> | null;
  step: CallStep;
  chapter: number | null;
  author: Pick<Author, 'name' | 'model'> & { fingerprint: string };
  /** The maximum number of calls of the whole generation. */
  maxCalls: number;
}

export interface CallMeter {
  /**
   * Reserves the call in the fleet's rate limit, then enters it in the ledger. Rejects, and the call must
   * not be made, with `call_in_flight`, `author_held`, `author_rate_limited`, `author_call_cap`,
   * `budget_exhausted` or `storage_unavailable`. Never waits, so a refused call
   * does not delay more urgent ones.
   */
  begin(call: CallRequest): Promise<MeteredCall>;
}

export interface MeteredCall {
  /** Closes the call. `usage` is null if unknown; then the expected cost stays spent. */
  end(outcome: string, usage: CallUsage | null): Promise<void>;
  /** Ends an answered call, which `write` closes together with storing what it gave. */
  endWith<T>(usage: CallUsage | null, write: (call: EndedCall) => Promise<T>): Promise<T>;
}

export interface CallMeterDeps {
  ledger: Pick<LedgerRepository, 'open' | 'renewLease' | 'close'>;
  quotasOf(author: AuthorName): Quotas;
  budget: Budget;
  clock: Clock;
  /**
   * How long a worker's lease on a call lasts without renewal, in milliseconds; no other worker makes the
   * call meanwhile. Several times the job lock in Redis, since a starved process or an outage that costs a
   * worker that lock also delays renewals of the lease.
   */
  leaseMs: number;
  logger: Logger;
}

/** With a lease of 60 s, a call survives 50 s without a renewal. */
const renewalsPerLease = 12;

/** The expected usage before any call has ended. */
const firstExpectation: Record<CallStep, CallUsage> = {
  'plan-day': { inputTokens: 4_000, outputTokens: 4_000 },
  'write-chapter': { inputTokens: 6_000, outputTokens: 4_000 },
  probe: { inputTokens: 20, outputTokens: 64 },
};

export function makeCallMeter(deps: CallMeterDeps): CallMeter {
  const { ledger, quotasOf, budget, clock, leaseMs, logger } = deps;
  const reportedPairs = new Set<string>();
  let renewalsFail = false;
  const expectations = new Map<CallStep, CallUsage>(
    Object.entries(firstExpectation) as [CallStep, CallUsage][],
  );

  function expect(step: CallStep): CallUsage {
    return expectations.get(step) ?? firstExpectation[step];
  }

  /** An exponential moving average. */
  function learn(step: CallStep, usage: CallUsage): void {
    const before = expect(step);
    const blend = (old: number, seen: number) => Math.round(old + (seen - old) / 8);
    expectations.set(step, {
      inputTokens: blend(before.inputTokens, usage.inputTokens),
      outputTokens: blend(before.outputTokens, usage.outputTokens),
    });
  }

  /** Warns once: a withdrawn model may be served, and billed, as its successor. */
  function warnAboutOtherModel(asked: string | null, answered: string | null): void {
    const pair = `${asked} ${answered}`;
    if (reportedPairs.has(pair)) return;
    reportedPairs.add(pair);
    logger.warn('a different model answered', { asked, answered });
  }

  /** Never rejects: a reservation that is inexact for a minute is no reason to fail. */
  async function adjust(correction: Promise<void> | undefined): Promise<void> {
    await correction?.catch((error) => logger.debug('rate limit not corrected', { error }));
  }

  /** Never rejects: the next renewal makes up for a failed one. */
  async function renew(id: string): Promise<void> {
    try {
      await ledger.renewLease(id, leaseMs);
      renewalsFail = false;
    } catch (error) {
      if (renewalsFail) return;
      renewalsFail = true;
      logger.warn('lease of a call in flight not renewed', { call: id, error });
    }
  }

  return {
    async begin(call) {
      const { generation, step, author } = call;
      const quotas = quotasOf(author.name);
      const { bucket } = quotas;
      const usage = expect(step);
      const tokens = usage.inputTokens + usage.outputTokens;
      const reservation = await bucket?.take(tokens);
      if (reservation && reservation.waitMs > 0) throw rateLimited(reservation.waitMs);
      const now = clock.now();
      const character = generation?.character ?? null;
      const planned: PlannedCall = {
        generationId: generation?.id ?? null,
        character,
        date: generation?.date.toString() ?? null,
        step,
        chapter: call.chapter,
        author: author.name,
        fingerprint: author.fingerprint,
        model: author.model,
        expected: { ...usage, money: costOf(budget.prices, author.model, usage, now) },
        maxCalls: call.maxCalls,
        leaseMs,
        sums: sumsOf(budget, character, now),
        daily: quotas.day && { since: midnight(now, quotas.day.timeZone), max: quotas.day.max },
      };
      const opened = await ledger.open(planned).catch(async (error) => {
        await adjust(reservation?.release());
        throw error;
      });
      if (opened.kind !== 'opened') {
        await adjust(reservation?.release());
        throw refusal(opened, call, now, quotas);
      }
      const { id } = opened;
      const renewal = setInterval(() => void renew(id), leaseMs / renewalsPerLease).unref();

      /** The end of the call as the ledger keeps it. */
      function endOf(outcome: string, used: CallUsage | null): CallEnd {
        if (!used) return { outcome, usage: null };
        const { inputTokens, outputTokens } = used;
        const model = pricedModel(budget.prices, author.model, used.model);
        const money = costOf(budget.prices, model, used, clock.now());
        return {
          outcome,
          usage: { inputTokens, outputTokens, money },
          ...(model !== author.model && { pricedModel: model }),
        };
      }

      async function closeBy<T>(
        end: CallEnd,
        used: CallUsage | null,
        write: (call: EndedCall) => Promise<T>,
      ): Promise<T> {
        let written: T;
        try {
          written = await write({ id, ...end });
        } finally {
          clearInterval(renewal);
        }
        if (!used) return written;
        if (end.pricedModel !== undefined) warnAboutOtherModel(author.model, end.pricedModel);
        if (end.outcome === 'answered') learn(step, used);
        await adjust(reservation?.used(used.inputTokens + used.outputTokens));
        return written;
      }

      return {
        end: (outcome, used) =>
          closeBy(endOf(outcome, used), used, ({ id: call, ...end }) => ledger.close(call, end)),
        endWith: (used, write) => closeBy(endOf('answered', used), used, write),
      };
    },
  };
}

function rateLimited(retryAfterMs: number): TexasError {
  return new TexasError('author_rate_limited', 'The configured rate limit of the key is used up.', {
    details: { retryAfterMs, ownRates: true },
  });
}

function refusal(
  opened: Exclude<OpenedCall, { kind: 'opened' }>,
  { maxCalls }: CallRequest,
  now: Temporal.Instant,
  { day }: Quotas,
): TexasError {
  switch (opened.kind) {
    case 'in-flight':
      return new TexasError('call_in_flight', 'Another worker is making this call.');
    case 'cooling-down':
      return cooldownFailure(opened.cooldown, now);
    case 'too-many-calls':
      return new TexasError('author_call_cap', `The generation used up its ${maxCalls} calls.`, {
        details: { cap: maxCalls },
      });
    case 'over-budget': {
      const { scope, period } = opened.sum;
      const budget = scope === '' ? 'overall budget' : `budget of ${scope}`;
      return new TexasError('budget_exhausted', `The ${budget} for this ${period} is spent.`, {
        details: { scope, period },
      });
    }
    case 'daily-quota': {
      const next = midnight(now, day?.timeZone ?? 'UTC').toZonedDateTimeISO(day?.timeZone ?? 'UTC');
      const until = next.add({ days: 1 }).epochMilliseconds;
      return authorFailure('author_rate_limited', 'The daily quota is used up.', {
        details: { retryAfterMs: until - now.epochMilliseconds, daily: true },
      });
    }
  }
}

function midnight(now: Temporal.Instant, timeZone: string): Temporal.Instant {
  return now.toZonedDateTimeISO(timeZone).startOfDay().toInstant();
}
