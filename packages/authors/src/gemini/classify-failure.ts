import { TexasError } from '@texas-ai/kernel';
import { z } from 'zod';
import { classifyRefusal, type FailedCall } from './classify-refusal.js';

const httpFailure = z.object({
  name: z.literal('ApiError'),
  status: z.number(),
  message: z.string(),
});

/**
 * What a failed call means in our codes. The provider's own text becomes the cause, without the
 * key. `author_unreachable` tells whether anything was `details.sent`. What nobody foresaw is
 * `internal_error`.
 */
export function classifyFailure(failure: unknown, call: FailedCall): TexasError {
  if (failure instanceof TexasError) return failure;
  const chain = causesOf(failure);
  const cause = withoutKey(chain, call.apiKey);
  const http = httpFailure.safeParse(failure).data;
  if (http) return classifyRefusal(http.status, http.message, call, cause);
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
