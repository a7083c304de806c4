import type { Temporal, TexasError } from '@texas-ai/kernel';
import { type AuthorFailureCode, authorFailure } from '@texas-ai/life';
import { z } from 'zod';
import { modelUnavailable } from './model-unavailable.js';
import { quotedReply } from './quoted-reply.js';
import { readRateLimit } from './rate-limit.js';

/** The call that failed. */
export interface FailedCall {
  now: Temporal.Instant;
  apiKey: string;
  model: string;
}

/** The body of Gemini's HTTP failures, which the library gives as its error's message. */
const failureBody = z.object({
  error: z.object({
    status: z.string().regex(/^[A-Z_]+$/),
    message: z.string().catch(''),
    details: z.array(z.unknown()).catch([]),
  }),
});
type Reply = z.infer<typeof failureBody>['error'];

const errorInfo = z.object({ reason: z.string() });

/**
 * What an HTTP status other than 2xx means, by its body: Gemini uses one status for several failures.
 * Only a body that is Gemini's own can mean what a person must mend: a proxy that answers 403 says nothing
 * about the key. `details.status` is the HTTP status; a 429 that passes carries `details.retryAfterMs` and
 * `details.daily`.
 */
export function classifyRefusal(
  status: number,
  body: string,
  call: FailedCall,
  cause: Error,
): TexasError {
  const reply = readReply(body);
  const lasting = reply && lastingRefusal(status, reply, call, cause);
  if (lasting) return lasting;
  if (status === 429) return rateLimited(reply, call, cause);
  const options = { cause, details: { status } };
  if (status === 503) {
    return authorFailure('author_overloaded', 'Gemini is overloaded (HTTP 503).', options);
  }
  const happened = whatHappened(status, reply, body, call);
  return authorFailure('author_http_error', happened, options);
}

/** The failure that only a person ends, or null where it is another one. */
function lastingRefusal(
  status: number,
  reply: Reply,
  { apiKey, model }: FailedCall,
  cause: Error,
): TexasError | null {
  const failed = (code: AuthorFailureCode, happened: string) =>
    authorFailure(code, happened, { cause, details: { status } });

  if (isModelRefused(status, reply, model)) {
    const said = quotedReply(reply.message, apiKey);
    return modelUnavailable({ model, status, said }, null, cause);
  }
  if (locationRefused.test(reply.message)) {
    return failed(
      'author_location_unsupported',
      'Gemini does not serve the place that this call came from.',
    );
  }
  if (status === 402 || (status === 429 && balanceExhausted.test(reply.message))) {
    return failed(
      'author_balance_exhausted',
      'The credits of the key’s project at Gemini are used up, or its spending cap is reached.',
    );
  }
  if ((status === 400 || status === 403) && billingRequired.test(reply.message)) {
    return failed(
      'author_balance_exhausted',
      'Gemini requires billing, which is not enabled for the key’s project.',
    );
  }
  const refusedKey = whyKeyIsRefused(status, reply);
  if (refusedKey !== null) return failed('author_unauthorized', refusedKey);
  if (status === 429 && noQuota.test(reply.message)) {
    return failed(
      'author_quota_unavailable',
      `The key’s project has no quota for the model “${model}” at Gemini.`,
    );
  }
  return null;
}

function rateLimited(reply: Reply | null, { now }: FailedCall, cause: Error): TexasError {
  const limit = readRateLimit(reply?.details ?? [], reply?.message ?? '', now);
  const options = { cause, details: { status: 429, ...limit } };
  const reached = limit.daily ? 'quota of the day is spent' : 'rate limit is reached';
  return authorFailure('author_rate_limited', `The ${reached} at Gemini.`, options);
}

/** Quotes what refused the request; what failed with a 5xx says nothing that helps. */
function whatHappened(
  status: number,
  reply: Reply | null,
  body: string,
  { apiKey }: FailedCall,
): string {
  if (status >= 500) return `Gemini failed with HTTP ${status}.`;
  const who = reply ? 'Gemini' : 'A proxy, or a server that is not Gemini,';
  const text = (reply ? reply.message : body).trim();
  const said = text === '' ? '' : `: ${quotedReply(text, apiKey)}`;
  return `${who} refused the request with HTTP ${status}${said}.`;
}

function readReply(text: string): Reply | null {
  try {
    return failureBody.safeParse(JSON.parse(text)).data?.error ?? null;
  } catch {
    return null;
  }
}

const locationRefused = /location is not supported|not available in your (country|region)/i;
const balanceExhausted =
  /spend(?:ing)? (?:cap|limit)|prepa(?:id|yment) credits?|credits? (?:are|is) depleted/i;
const billingRequired = /requires billing|enable billing|billing\b[^.]*\benabled/i;
/** In the words of one of the quotas that a call met: “limit: 0, model: gemini-4-neon”. */
const noQuota = /\blimit: 0(?![\d.])/;

/**
 * A model that is withdrawn, unknown, or not open to the key. Another 404 comes from
 * something else that GEMINI_BASE_URL leads to.
 */
function isModelRefused(status: number, { status: name, message }: Reply, model: string): boolean {
  if (status === 404) return name === 'NOT_FOUND' && /\bmodels?\b/i.test(message);
  if (status === 400) return /unexpected model name format/i.test(message);
  return status === 403 && message.includes(`models/${model}`);
}

const keyRefusals: readonly (readonly [RegExp, string])[] = [
  [/leaked/i, 'Gemini refused the API key: it was reported as leaked.'],
  [/expired/i, 'Gemini refused the API key: it has expired.'],
  [/\bblocked\b/i, 'Gemini refused the API key: its restrictions block this API.'],
  [
    /disabled|has not been used/i,
    'Gemini refused the API key: its project has not enabled this API.',
  ],
];

/** One sentence, or null where something else is refused. */
function whyKeyIsRefused(status: number, { message, details }: Reply): string | null {
  const badKey =
    details.some((each) => errorInfo.safeParse(each).data?.reason === 'API_KEY_INVALID') ||
    /\bAPI key (?:not valid|expired)/i.test(message);
  if (status !== 401 && status !== 403 && !(status === 400 && badKey)) return null;
  const [, sentence] = keyRefusals.find(([words]) => words.test(message)) ?? [];
  return sentence ?? 'Gemini refused the API key.';
}
