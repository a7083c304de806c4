import type { Temporal, TexasError } from '@texas-ai/kernel';
import { type AuthorFailureCode, authorFailure } from '@texas-ai/life';
import { z } from 'zod';
import { modelUnavailable } from './model-unavailable.js';
import { readRateLimit } from './rate-limit.js';

/** The call that failed. */
export interface FailedCall {
  now: Temporal.Instant;
  apiKey: string;
  model: string;
}

/** The body of Gemini's error responses, which is the message of the library's error. */
const errorBodySchema = z.object({
  error: z.object({
    status: z.string().regex(/^[A-Z_]+$/),
    message: z.string().catch(''),
    details: z.array(z.unknown()).catch([]),
  }),
});
type ErrorBody = z.infer<typeof errorBodySchema>['error'];

const errorInfo = z.object({ reason: z.string() });

/**
 * Classifies an HTTP error by status and body, since Gemini uses one status for several failures. Only
 * Gemini's own body can mean a permanent failure: a 403 of a proxy says nothing about the key.
 * `details.status` is the HTTP status; a temporary 429 has `details.retryAfterMs` and `details.daily`.
 */
export function classifyHttpError(
  status: number,
  text: string,
  call: FailedCall,
  cause: Error,
): TexasError {
  const body = parseErrorBody(text);
  const permanent = body && permanentFailure(status, body, call, cause);
  if (permanent) return permanent;
  if (status === 429) return rateLimited(body, call, cause);
  const options = { cause, details: { status } };
  if (status === 503) {
    return authorFailure('author_overloaded', 'Gemini is overloaded (HTTP 503).', options);
  }
  return authorFailure('author_http_error', describe(status, body, text, call), options);
}

/** A failure that lasts until an operator acts; null for any other. */
function permanentFailure(
  status: number,
  body: ErrorBody,
  { apiKey, model }: FailedCall,
  cause: Error,
): TexasError | null {
  const failed = (code: AuthorFailureCode, message: string) =>
    authorFailure(code, message, { cause, details: { status } });

  if (isModelUnavailable(status, body, model)) {
    const said = quote(body.message, apiKey);
    return modelUnavailable({ model, status, said }, null, cause);
  }
  if (unsupportedLocation.test(body.message)) {
    return failed(
      'author_location_unsupported',
      'Gemini does not serve the location of this worker.',
    );
  }
  if (status === 402 || (status === 429 && balanceExhausted.test(body.message))) {
    return failed(
      'author_balance_exhausted',
      'The Gemini credits of the key’s project are used up, or its spending cap is reached.',
    );
  }
  if ((status === 400 || status === 403) && billingRequired.test(body.message)) {
    return failed(
      'author_balance_exhausted',
      'Gemini requires billing, which is not enabled for the key’s project.',
    );
  }
  const keyProblem = describeKeyProblem(status, body);
  if (keyProblem !== null) return failed('author_unauthorized', keyProblem);
  if (status === 429 && noQuota.test(body.message)) {
    return failed(
      'author_quota_unavailable',
      `The key’s project has no quota for the model “${model}”.`,
    );
  }
  return null;
}

function rateLimited(body: ErrorBody | null, { now }: FailedCall, cause: Error): TexasError {
  const limit = readRateLimit(body?.details ?? [], body?.message ?? '', now);
  const options = { cause, details: { status: 429, ...limit } };
  const problem = limit.daily ? 'daily quota is used up' : 'rate limit is reached';
  return authorFailure('author_rate_limited', `Gemini’s ${problem}.`, options);
}

/** Quotes the body of a 4xx; that of a 5xx is of no help. */
function describe(
  status: number,
  body: ErrorBody | null,
  text: string,
  { apiKey }: FailedCall,
): string {
  if (status >= 500) return `Gemini failed with HTTP ${status}.`;
  const who = body ? 'Gemini' : 'A proxy, or a server that is not Gemini,';
  const message = (body?.message ?? text).trim();
  const said = message === '' ? '' : `: ${quote(message, apiKey)}`;
  return `${who} refused the request with HTTP ${status}${said}.`;
}

const maxQuoteLength = 240;

/** A provider's text in quotation marks: one line, bounded, without the key. */
function quote(text: string, apiKey: string): string {
  const line = text
    .replaceAll(apiKey, '[api key]')
    .replace(/[\s\p{Cc}\p{Cf}“”"]+/gu, ' ')
    .trim();
  return `“${line.length > maxQuoteLength ? `${line.slice(0, maxQuoteLength)}…` : line}”`;
}

function parseErrorBody(text: string): ErrorBody | null {
  try {
    return errorBodySchema.safeParse(JSON.parse(text)).data?.error ?? null;
  } catch {
    return null;
  }
}

const unsupportedLocation = /location is not supported|not available in your (country|region)/i;
const balanceExhausted =
  /spend(?:ing)? (?:cap|limit)|prepa(?:id|yment) credits?|credits? (?:are|is) depleted/i;
const billingRequired = /requires billing|enable billing|billing\b[^.]*\benabled/i;
/** As in “limit: 0, model: gemini-4-neon”. */
const noQuota = /\blimit: 0(?![\d.])/;

/**
 * Whether the model is withdrawn, unknown, or not open to the key. Any other 404 means that
 * GEMINI_BASE_URL leads somewhere else.
 */
function isModelUnavailable(
  status: number,
  { status: name, message }: ErrorBody,
  model: string,
): boolean {
  if (status === 404) return name === 'NOT_FOUND' && /\bmodels?\b/i.test(message);
  if (status === 400) return /unexpected model name format/i.test(message);
  return status === 403 && message.includes(`models/${model}`);
}

const keyProblems: readonly (readonly [RegExp, string])[] = [
  [/leaked/i, 'Gemini refused the API key: it was reported as leaked.'],
  [/expired/i, 'Gemini refused the API key: it has expired.'],
  [/\bblocked\b/i, 'Gemini refused the API key: its restrictions block this API.'],
  [
    /disabled|has not been used/i,
    'Gemini refused the API key: its project has not enabled this API.',
  ],
];

/** Why the key was refused; null if something else was. */
function describeKeyProblem(status: number, { message, details }: ErrorBody): string | null {
  const badKey =
    details.some((each) => errorInfo.safeParse(each).data?.reason === 'API_KEY_INVALID') ||
    /\bAPI key (?:not valid|expired)/i.test(message);
  if (status !== 401 && status !== 403 && !(status === 400 && badKey)) return null;
  const [, sentence] = keyProblems.find(([pattern]) => pattern.test(message)) ?? [];
  return sentence ?? 'Gemini refused the API key.';
}
