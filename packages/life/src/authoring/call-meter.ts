import { type Clock, type Logger, type Temporal, TexasError } from '@texas-ai/kernel';
import type { Generation } from '../generation/generation.js';
import { type Budget, sumsOf } from '../spending/budget.js';
import type { CallStep, LedgerRepository, OpenedCall, PlannedCall } from '../spending/ledger.js';
import { costOf, pricedModel } from '../spending/prices.js';
import type { Author, AuthorName, CallUsage } from './author.js';
import { authorFailure } from './author-failures.js';
import { heldFailure } from './cooldowns.js';

/** The rates that a key allows the whole fleet. */
export interface CallBucket {
  /** Takes room for one more call that is expected to use so many tokens. */
  take(tokens: number): Promise<CallRoom>;
}

/** The room that a call takes of its minute. */
export interface CallRoom {
  /** 0, or the milliseconds until there is room: then nothing was taken. */
  fullForMs: number;
  /** The call is not made after all. */
  giveBack(): Promise<void>;
  /** The call used so many tokens, more or less than was expected. */
  used(tokens: number): Promise<void>;
}

export interface Quotas {
  /** Null where the rate is not limited. */
  bucket: CallBucket | null;
  /** Requests of the provider's day, and the IANA zone in which that begins at midnight. */
  day: { most: number; timeZone: string } | null;
}

/** A call as the step knows it that is about to make it. */
export interface CallOnRecord {
  /** Null for a probe. */
  generation: Pick<Generation, 'id' | 'character' | 'date'> | null;
  step: CallStep;
  chapter: number | null;
  author: Pick<Author, 'name' | 'model'> & { fingerprint: string };
  mostCalls: number;
}

export interface CallMeter {
  /**
   * Takes room in the fleet's rates, then writes the call down. Rejects, and nothing may be
   * asked, with `call_in_flight`, `author_held`, `author_rate_limited`, `author_call_cap`,
   * `budget_exhausted` or `storage_unavailable`. Nobody waits here: whoever is refused leaves its place to what matters more.
   */
  begin(call: CallOnRecord): Promise<MeteredCall>;
}

export interface MeteredCall {
  /** What it was billed for; null where nobody can tell, then the expectation stays spent. */
  end(outcome: string, usage: CallUsage | null): Promise<void>;
}

export interface CallMeterDeps {
  ledger: Pick<LedgerRepository, 'open' | 'renewLease' | 'close'>;
  quotasOf(author: AuthorName): Quotas;
  budget: Budget;
  clock: Clock;
  /**
   * How long a call is leased to its worker unless it is renewed, in milliseconds. Nobody else makes
   * the call meanwhile. Several times the lock of its job in Redis: what loses that lock, a starved
   * process or a server that is away, delays renewals too.
   */
  leaseMs: number;
  logger: Logger;
}

/** With a lease of 60 s, a call survives 50 s without a renewal. */
const renewalsPerLease = 12;

/** What a call is expected to use before there is any experience with it. */
const firstExpectation: Record<CallStep, CallUsage> = {
  'plan-day': { inputTokens: 4_000, outputTokens: 4_000 },
  'write-chapter': { inputTokens: 6_000, outputTokens: 4_000 },
  probe: { inputTokens: 20, outputTokens: 64 },
};

export function makeCallMeter(deps: CallMeterDeps): CallMeter {
  const { ledger, quotasOf, budget, clock, leaseMs, logger } = deps;
  const served = new Set<string>();
  let renewalsFail = false;
  const expectations = new Map<CallStep, CallUsage>(
    Object.entries(firstExpectation) as [CallStep, CallUsage][],
  );

  function expect(step: CallStep): CallUsage {
    return expectations.get(step) ?? firstExpectation[step];
  }

  /** Expectations follow what was seen, the newest calls most. */
  function learn(step: CallStep, usage: CallUsage): void {
    const before = expect(step);
    const blend = (old: number, seen: number) => Math.round(old + (seen - old) / 8);
    expectations.set(step, {
      inputTokens: blend(before.inputTokens, usage.inputTokens),
      outputTokens: blend(before.outputTokens, usage.outputTokens),
    });
  }

  /** A withdrawn model may be served, and billed, as its successor. */
  function sayServed(asked: string | null, answered: string | null): void {
    const pair = `${asked} ${answered}`;
    if (served.has(pair)) return;
    served.add(pair);
    logger.warn('a different model answered', { asked, answered });
  }

  /** Rates that are not exact for a minute are no reason to fail. */
  async function adjust(rates: Promise<void> | undefined): Promise<void> {
    await rates?.catch((error) => logger.debug('rates not corrected', { error }));
  }

  /** Never rejects: a renewal that fails is made up for by the next one. */
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
      const room = await bucket?.take(tokens);
      if (room && room.fullForMs > 0) throw ratesFull(room.fullForMs);
      const now = clock.now();
      const character = generation?.character ?? null;
      const planned: PlannedCall = {
        generationId: generation?.id ?? null,
        character,
        date: generation?.date ?? null,
        step,
        chapter: call.chapter,
        author: author.name,
        fingerprint: author.fingerprint,
        model: author.model,
        expected: { ...usage, money: costOf(budget.prices, author.model, usage, now) },
        mostCalls: call.mostCalls,
        leaseMs,
        sums: sumsOf(budget, character, now),
        daily: quotas.day && { since: midnight(now, quotas.day.timeZone), most: quotas.day.most },
      };
      const opened = await ledger.open(planned).catch(async (error) => {
        await adjust(room?.giveBack());
        throw error;
      });
      if (opened.kind !== 'opened') {
        await adjust(room?.giveBack());
        throw forbidden(opened, call, now, quotas);
      }
      const renewal = setInterval(() => void renew(opened.id), leaseMs / renewalsPerLease).unref();
      return {
        async end(outcome, used) {
          clearInterval(renewal);
          if (!used) return ledger.close(opened.id, { outcome, usage: null });
          const model = pricedModel(budget.prices, author.model, used.model);
          const { inputTokens, outputTokens } = used;
          const money = costOf(budget.prices, model, used, clock.now());
          await ledger.close(opened.id, {
            outcome,
            usage: { inputTokens, outputTokens, money },
            ...(model !== author.model && { pricedModel: model }),
          });
          if (model !== author.model) sayServed(author.model, model);
          if (outcome === 'answered') learn(step, used);
          await adjust(room?.used(used.inputTokens + used.outputTokens));
        },
      };
    },
  };
}

function ratesFull(retryAfterMs: number): TexasError {
  return new TexasError(
    'author_rate_limited',
    'The rate that is configured for the key is used up.',
    {
      details: { retryAfterMs, ownRates: true },
    },
  );
}

function forbidden(
  opened: Exclude<OpenedCall, { kind: 'opened' }>,
  { mostCalls }: CallOnRecord,
  now: Temporal.Instant,
  { day }: Quotas,
): TexasError {
  switch (opened.kind) {
    case 'in-flight':
      return new TexasError('call_in_flight', 'Another worker is making this call.');
    case 'held':
      return heldFailure(opened.hold, now);
    case 'too-many-calls':
      return new TexasError('author_call_cap', `The generation used up its ${mostCalls} calls.`, {
        details: { cap: mostCalls },
      });
    case 'over-budget': {
      const { scope, period } = opened.sum;
      const whose = scope === '' ? 'for everybody' : `of ${scope}`;
      return new TexasError('budget_exhausted', `The budget ${whose} this ${period} is spent.`, {
        details: { scope, period },
      });
    }
    case 'quota-of-the-day': {
      const next = midnight(now, day?.timeZone ?? 'UTC').toZonedDateTimeISO(day?.timeZone ?? 'UTC');
      const until = next.add({ days: 1 }).epochMilliseconds;
      return authorFailure('author_rate_limited', 'The quota of the day is spent.', {
        details: { retryAfterMs: until - now.epochMilliseconds, daily: true },
      });
    }
  }
}

function midnight(now: Temporal.Instant, timeZone: string): Temporal.Instant {
  return now.toZonedDateTimeISO(timeZone).startOfDay().toInstant();
}
