import { type Temporal, TexasError } from '@texas-ai/kernel';
import { z } from 'zod';
import { readRateLimit } from './rate-limit.js';

const httpFailure = z.object({
  name: z.literal('ApiError'),
  status: z.number(),
  message: z.string(),
});

/** The body of an HTTP failure, which the library gives as its error's message. */
const failureBody = z.object({
  error: z.object({
    message: z.string().catch(''),
    details: z.array(z.unknown()).catch([]),
  }),
});

const errorInfo = z.object({ reason: z.string() });

/**
 * What a failed call means in our codes. The provider's own text becomes the cause, without the
 * key; `details.status` is the HTTP status where there was one. A 429 carries
 * `details.retryAfterMs` and `details.daily`, `author_unreachable` whether anything was `details.sent`.
 * What nobody foresaw is `internal_error`.
 */
export function classifyFailure(
  failure: unknown,
  { now, apiKey }: { now: Temporal.Instant; apiKey: string },
): TexasError {
  if (failure instanceof TexasError) return failure;
  const chain = causesOf(failure);
  const cause = withoutKey(chain, apiKey);
  const http = httpFailure.safeParse(failure).data;
  if (http) return classifyStatus(http.status, http.message, now, cause);
  if (chain.some(({ name }) => name === 'SyntaxError')) {
    const message = 'Gemini answered with something that is not JSON.';
    return new TexasError('author_invalid_output', message, { cause });
  }
  if (chain.some(isNetworkFailure)) {
    // What broke off later may have been billed.
    const sent = !chain.some(({ message }) => neverConnected.test(message));
    return new TexasError('author_unreachable', 'Gemini could not be reached.', {
      cause,
      details: { sent },
    });
  }
  const message = 'The call to Gemini failed in an unforeseen way.';
  return new TexasError('internal_error', message, { cause });
}

function classifyStatus(
  status: number,
  body: string,
  now: Temporal.Instant,
  cause: Error,
): TexasError {
  const { message, details } = readBody(body);
  const badKey =
    status === 400 &&
    details.some((each) => errorInfo.safeParse(each).data?.reason === 'API_KEY_INVALID');
  if (badKey || status === 401 || status === 403) {
    return new TexasError('author_unauthorized', 'Gemini refused the API key.', {
      cause,
      details: { status },
    });
  }
  if (status === 429) {
    const limit = readRateLimit(details, message, now);
    const quota = limit.daily ? 'quota of the day is spent' : 'rate limit is reached';
    return new TexasError('author_rate_limited', `The ${quota} at Gemini.`, {
      cause,
      details: { status, ...limit },
    });
  }
  const verb = status >= 500 ? 'failed' : 'refused the request';
  return new TexasError('author_http_error', `Gemini ${verb} with HTTP ${status}.`, {
    cause,
    details: { status },
  });
}

function readBody(text: string): { message: string; details: unknown[] } {
  try {
    const body = failureBody.safeParse(JSON.parse(text));
    return body.data?.error ?? { message: '', details: [] };
  } catch {
    return { message: '', details: [] };
  }
}

interface Cause {
  name: string;
  message: string;
}

const errorShape = z.object({
  name: z.string(),
  message: z.string(),
  cause: z.unknown().optional(),
});
const mostCauses = 5;

/** The failure and what caused it, outermost first. Read by shape: libraries wrap and rebuild. */
function causesOf(failure: unknown): Cause[] {
  const chain: Cause[] = [];
  let next = failure;
  while (next !== undefined && chain.length < mostCauses) {
    const error = errorShape.safeParse(next).data;
    chain.push(error ?? { name: 'Failure', message: String(next) });
    next = error?.cause;
  }
  return chain;
}

/** fetch says `fetch failed` before an answer and `terminated` in the middle of one. */
function isNetworkFailure({ name, message }: Cause): boolean {
  return name === 'TypeError' && (message === 'fetch failed' || message === 'terminated');
}

/** As Node and its fetch tell of a connection that never came about. */
const neverConnected = /^(connect E|getaddrinfo |Connect Timeout Error)|certificate/;

const longestCause = 2000;

function withoutKey(chain: readonly Cause[], apiKey: string): Error {
  const text = chain.map(({ name, message }) => `${name}: ${message}`).join(' <- ');
  return new Error(text.replaceAll(apiKey, '[api key]').slice(0, longestCause));
}
