import { asTexasError, type TexasError } from '@texas-ai/kernel';
import type { EndedCall } from '../spending/ledger.js';
import type { Author, CallContext, CallUsage } from './author.js';
import { policyOf } from './author-failures.js';
import type { CallMeter, CallRequest } from './call-meter.js';
import { type StoreWithRetryDeps, storeWithRetry } from './store-with-retry.js';

export interface MeteredCallDeps extends StoreWithRetryDeps {
  meter: CallMeter;
}

/** An answer whose call is still open in the ledger: call exactly one of `store` and `close`. */
export interface MeteredAnswer<Answer> {
  answer: Answer;
  /**
   * Stores what the answer gave. `write` must close the call that it is given, in the same statement; null
   * if the author bills nothing. Retries while the database is unavailable.
   */
  store<T>(write: (call: EndedCall | null) => Promise<T>): Promise<T>;
  /** Closes the call of an answer of which nothing is stored. Never rejects: the answer is paid for. */
  close(): Promise<void>;
}

/**
 * Calls an author once. The call is entered in the ledger before it is made, and closed if it fails,
 * unless the author bills nothing. Throws what the meter or the author throws.
 */
export async function meteredCall<Answer>(
  deps: MeteredCallDeps,
  { author, ...call }: Omit<CallRequest, 'author'> & { author: Author },
  signal: AbortSignal,
  ask: (context: CallContext) => Promise<Answer>,
): Promise<MeteredAnswer<Answer>> {
  const { name, model, fingerprint } = author;
  if (fingerprint === null) {
    return {
      answer: await ask({ signal, onUsage: () => undefined }),
      store: (write) => storeWithRetry(deps, signal, () => write(null)),
      close: async () => undefined,
    };
  }
  const entry = await deps.meter.begin({ ...call, author: { name, model, fingerprint } });
  let usage: CallUsage | null = null;
  const onUsage = (billed: CallUsage) => {
    usage = billed;
  };
  try {
    const answer = await ask({ signal, onUsage });
    // An entry that stays open is closed as lost later, at its expected cost.
    const close = () =>
      storeWithRetry(deps, signal, () => entry.end('answered', usage)).catch(() => undefined);
    return {
      answer,
      async store(write) {
        try {
          return await entry.endWith(usage, (ended) =>
            storeWithRetry(deps, signal, () => write(ended)),
          );
        } catch (error) {
          await entry.end('answered', usage).catch(() => undefined);
          throw error;
        }
      },
      close,
    };
  } catch (error) {
    const failure = asTexasError(error);
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
export async function probeAuthor(
  deps: MeteredCallDeps,
  author: Author,
  signal: AbortSignal,
): Promise<void> {
  const call = { generation: null, step: 'probe', chapter: null, author, maxCalls: 1 } as const;
  const probe = await meteredCall(deps, call, signal, (context) => author.probe(context));
  await probe.close();
}
