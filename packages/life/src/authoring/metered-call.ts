import { asTexasError, type TexasError } from '@texas-ai/kernel';
import type { Author, CallContext, CallUsage } from './author.js';
import { policyOf } from './author-failures.js';
import type { CallMeter, CallRequest } from './call-meter.js';
import { type StoreWithRetryDeps, storeWithRetry } from './store-with-retry.js';

export interface MeteredCallDeps extends StoreWithRetryDeps {
  meter: CallMeter;
}

/**
 * Calls an author once. The call is entered in the ledger before it is made and closed after it, unless
 * the author bills nothing. Throws what the meter or the author throws.
 */
export async function meteredCall<Answer>(
  deps: MeteredCallDeps,
  { author, ...call }: Omit<CallRequest, 'author'> & { author: Author },
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
    // Keep a paid answer even if its entry cannot be closed.
    await storeWithRetry(deps, signal, () => entry.end('answered', usage)).catch(() => undefined);
    return answer;
  } catch (error) {
    const failure = asTexasError(error);
    // An entry that stays open is closed as lost later, at its expected cost.
    await entry.end(failure.code, usage ?? unbilled(failure)).catch(() => undefined);
    throw error;
  }
}

/** Zero if the provider does not bill this failure; null, unknown, for a call that was cut off. */
function unbilled({ code, details }: TexasError): CallUsage | null {
  const neverSent = code === 'author_unreachable' && details.sent === false;
  const isBilled = policyOf(code)?.billed ?? true;
  return neverSent || !isBilled ? { inputTokens: 0, outputTokens: 0 } : null;
}

/**
 * Makes one small call, entered in the ledger as the step `probe`, to find out whether the author works.
 * Cooldowns do not prevent it, since it may end one. Rejects like any other call.
 */
export function probeAuthor(
  deps: MeteredCallDeps,
  author: Author,
  signal: AbortSignal,
): Promise<void> {
  const call = { generation: null, step: 'probe', chapter: null, author, maxCalls: 1 } as const;
  return meteredCall(deps, call, signal, (context) => author.probe(context));
}
