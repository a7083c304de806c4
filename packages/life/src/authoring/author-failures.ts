import { type ErrorCode, TexasError } from '@texas-ai/kernel';

// How the fleet handles each failure of an author. docs/operations.md has the same table for operators; a
// test compares the two.

/** The codes of failed author calls. With the two excluded codes, no call was made. */
export type AuthorFailureCode = Exclude<
  Extract<ErrorCode, `author_${string}`>,
  'author_held' | 'author_call_cap'
>;

export interface FailurePolicy {
  /**
   * `retry`: the step is retried after a backoff. `wait`: it goes back to its queue without losing a try.
   * `give up`: the fallback author continues the day; without a fallback, the generation fails.
   */
  step: 'retry' | 'wait' | 'give up';
  /** The maximum number of tries that fail with this code, if lower than usual. */
  maxTries?: number;
  /** Multiplies the backoff, for failures that last longer. */
  patience?: number;
  /**
   * The cooldown that begins: `timed` lasts as long as the provider asks; `probed` lasts until a probe, one
   * small call every few minutes, succeeds, because an operator has to fix the cause.
   */
  cooldown?: 'timed' | 'probed';
  /** Whether the cooldown applies to all models of the key, or only to the model of the call. */
  cooldownScope?: 'key' | 'model';
  /** Whether the provider bills such a call. */
  billed: boolean;
  /** Advice for an operator, in one sentence. */
  advice: string;
}

export const failurePolicies = {
  author_timeout: {
    step: 'retry',
    billed: true,
    advice:
      'Look at the provider’s status page, or raise authoring.callTimeoutSeconds for a slow model.',
  },
  author_unreachable: {
    step: 'retry',
    billed: true,
    advice: 'Check the network, the proxy and GEMINI_BASE_URL.',
  },
  author_http_error: {
    step: 'retry',
    billed: false,
    advice: 'Look for its cause in the log; after a 4xx also check GEMINI_BASE_URL.',
  },
  author_overloaded: {
    step: 'retry',
    patience: 4,
    billed: false,
    advice:
      'Wait: it usually passes within hours; if it does not, set GEMINI_MODEL to another model.',
  },
  author_invalid_output: {
    step: 'retry',
    billed: true,
    advice: 'If it happens often, set GEMINI_MODEL to a more capable model.',
  },
  author_output_truncated: {
    step: 'retry',
    // Each is billed up to the model's output limit.
    maxTries: 2,
    billed: true,
    advice:
      'Raise authoring.chapters, so that each call writes less, or set GEMINI_MODEL to a model that thinks less.',
  },
  author_blocked: {
    step: 'give up',
    billed: false,
    advice: 'Look for what a content filter could object to in the character’s profile.',
  },
  author_rate_limited: {
    step: 'wait',
    cooldown: 'timed',
    cooldownScope: 'model',
    billed: false,
    advice: 'A paid tier or a model with a larger quota helps, or fewer characters.',
  },
  author_quota_unavailable: {
    step: 'give up',
    cooldown: 'probed',
    cooldownScope: 'model',
    billed: false,
    advice: 'Enable billing for the key’s project, or set GEMINI_MODEL to a model of its tier.',
  },
  author_balance_exhausted: {
    step: 'give up',
    cooldown: 'probed',
    cooldownScope: 'key',
    billed: false,
    advice: 'Top up the credits or raise the spending cap of the key’s project at the provider.',
  },
  author_unauthorized: {
    step: 'give up',
    cooldown: 'probed',
    cooldownScope: 'key',
    billed: false,
    advice: 'Set GEMINI_API_KEY to a key that the provider accepts, and restart the workers.',
  },
  author_model_unavailable: {
    step: 'give up',
    cooldown: 'probed',
    cooldownScope: 'model',
    billed: false,
    advice: 'Set GEMINI_MODEL to a model that the key can use, and restart the workers.',
  },
  author_location_unsupported: {
    step: 'give up',
    cooldown: 'probed',
    cooldownScope: 'key',
    billed: false,
    advice: 'Run the workers where the provider offers its service, or set another author.',
  },
} as const satisfies Readonly<Record<AuthorFailureCode, FailurePolicy>>;

export function policyOf(code: ErrorCode): FailurePolicy | null {
  return isAuthorFailure(code) ? failurePolicies[code] : null;
}

function isAuthorFailure(code: ErrorCode): code is AuthorFailureCode {
  return Object.hasOwn(failurePolicies, code);
}

/** A code whose cooldown lasts until a probe succeeds. */
export type ProbedCode = {
  [Code in AuthorFailureCode]: (typeof failurePolicies)[Code] extends { cooldown: 'probed' }
    ? Code
    : never;
}[AuthorFailureCode];

export const probedCodes: readonly ProbedCode[] = (
  Object.keys(failurePolicies) as AuthorFailureCode[]
).filter((code): code is ProbedCode => policyOf(code)?.cooldown === 'probed');

export function isProbed(code: unknown): code is ProbedCode {
  return (probedCodes as readonly unknown[]).includes(code);
}

/** A failed author call. The message is `problem`, one sentence, followed by the advice. */
export function authorFailure(
  code: AuthorFailureCode,
  problem: string,
  options: ConstructorParameters<typeof TexasError>[2] = {},
): TexasError {
  return new TexasError(code, `${problem} ${failurePolicies[code].advice}`, options);
}
