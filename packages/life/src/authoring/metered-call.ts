import { asTexasError, type TexasError } from '@texas-ai/kernel';
import type { Author, CallContext, CallUsage } from './author.js';
import { policyOf } from './author-failures.js';
import type { CallMeter, CallOnRecord } from './call-meter.js';
import { type HoldingDeps, holding } from './store-with-retry.js';

export interface MeteredCallDeps extends HoldingDeps {
  meter: CallMeter;
}

/**
 * Makes one call of an author, entered in the ledger before it and closed after it; of an author that
 * bills nothing there is nothing to enter. Throws whatever the meter or the author throws.
 */
export async function meteredCall<Answer>(
  deps: MeteredCallDeps,
  { author, ...call }: Omit<CallOnRecord, 'author'> & { author: Author },
  signal: AbortSignal,
  ask: (context: CallContext) => Promise<Answer>,
): Promise<Answer> {
  const { name, model, fingerprint } = author;
  if (fingerprint === null) return ask({ signal, onUsage: () => undefined });
  const entry = await deps.meter.begin({ ...call, author: { name, model, fingerprint } });
  let usage: CallUsage | null = null;
  const onUsage = (billed: CallUsage) => {
    usage = billed;
  };
  try {
    const answer = await ask({ signal, onUsage });
    // An entry that cannot be closed is no reason to lose what was paid for.
    await holding(deps, signal, () => entry.end('answered', usage)).catch(() => undefined);
    return answer;
  } catch (error) {
    const failure = asTexasError(error);
    // An entry that stays open is closed as lost later, its expectation stays spent.
    await entry.end(failure.code, usage ?? unbilled(failure)).catch(() => undefined);
    throw error;
  }
}

/** Nothing, where the provider bills nothing for such a failure; what was cut off may be billed. */
function unbilled({ code, details }: TexasError): CallUsage | null {
  const neverSent = code === 'author_unreachable' && details.sent === false;
  const isBilled = policyOf(code)?.billed ?? true;
  return neverSent || !isBilled ? { inputTokens: 0, outputTokens: 0 } : null;
}

/**
 * One small call, entered in the ledger as the step `probe`, which tells whether the author would write.
 * Cooldowns do not block it, since it may end one. Rejects like any other call.
 */
export function probeAuthor(
  deps: MeteredCallDeps,
  author: Author,
  signal: AbortSignal,
): Promise<void> {
  const call = { generation: null, step: 'probe', chapter: null, author, mostCalls: 1 } as const;
  return meteredCall(deps, call, signal, (context) => author.probe(context));
}
