import { TexasError } from '@texas-ai/kernel';
import { z } from 'zod';
import { classifyHttpError, type FailedCall } from './classify-http-error.js';

const httpErrorShape = z.object({
  name: z.literal('ApiError'),
  status: z.number(),
  message: z.string(),
});

/**
 * A failed call as a `TexasError`. The provider's text becomes the cause, without the key.
 * `author_unreachable` has `details.sent`: whether the request may have reached the provider. Anything
 * unexpected is `internal_error`.
 */
export function classifyFailure(failure: unknown, call: FailedCall): TexasError {
  if (failure instanceof TexasError) return failure;
  const chain = causesOf(failure);
  const cause = withoutKey(chain, call.apiKey);
  const httpError = httpErrorShape.safeParse(failure).data;
  if (httpError) return classifyHttpError(httpError.status, httpError.message, call, cause);
  if (chain.some(({ name }) => name === 'SyntaxError')) {
    const message = 'The response of Gemini is not JSON.';
    return new TexasError('author_invalid_output', message, { cause });
  }
  if (chain.some(isNetworkFailure)) {
    // A request that was sent may be billed.
    const sent = !chain.some(({ message }) => neverConnected.test(message));
    return new TexasError('author_unreachable', 'Gemini could not be reached.', {
      cause,
      details: { sent },
    });
  }
  const message = 'The call to Gemini failed unexpectedly.';
  return new TexasError('internal_error', message, { cause });
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
const maxCauses = 5;

/** The failure and its causes, outermost first. Read by shape, since libraries wrap and copy errors. */
function causesOf(failure: unknown): Cause[] {
  const chain: Cause[] = [];
  let next = failure;
  while (next !== undefined && chain.length < maxCauses) {
    const error = errorShape.safeParse(next).data;
    chain.push(error ?? { name: 'Failure', message: String(next) });
    next = error?.cause;
  }
  return chain;
}

/** The messages of fetch: `fetch failed` before a response, `terminated` during one. */
function isNetworkFailure({ name, message }: Cause): boolean {
  return name === 'TypeError' && (message === 'fetch failed' || message === 'terminated');
}

/** Messages of Node and its fetch for a connection that was never established. */
const neverConnected = /^(connect E|getaddrinfo |Connect Timeout Error)|certificate/;

const maxCauseLength = 2000;

function withoutKey(chain: readonly Cause[], apiKey: string): Error {
  const text = chain.map(({ name, message }) => `${name}: ${message}`).join(' <- ');
  return new Error(text.replaceAll(apiKey, '[api key]').slice(0, maxCauseLength));
}
