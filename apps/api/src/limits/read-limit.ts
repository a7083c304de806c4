import { createHash } from 'node:crypto';
import { TexasError } from '@texas-ai/kernel';
import type { HeaderList } from '../transport/response.js';

export interface CountedRead {
  /** `rate_limited` once the limit is exceeded, otherwise null. */
  error: TexasError | null;
  /** The `RateLimit` header fields of IETF draft 8. */
  headers: HeaderList;
}

/** Counts one read of a key. */
export type ReadLimit = (keyId: string) => CountedRead;

interface Window {
  /** Epoch milliseconds. */
  endsAt: number;
  count: number;
  policy: string;
}

export const windowMs = 60_000;

/**
 * Limits the reads of each key per minute, in this process. Synchronous, unlike express-rate-limit,
 * since awaiting a store would cost more than serving a cached day; the headers are the same.
 */
export function makeReadLimit(limit: number, now: () => number = Date.now): ReadLimit {
  const windows = new Map<string, Window>();
  return (keyId) => {
    const at = now();
    const window = windows.get(keyId) ?? { endsAt: 0, count: 0, policy: policyOf(keyId, limit) };
    if (window.endsAt === 0) windows.set(keyId, window);
    if (at >= window.endsAt) {
      window.endsAt = at + windowMs;
      window.count = 0;
    }
    window.count += 1;
    const resetSeconds = Math.ceil((window.endsAt - at) / 1000);
    const remaining = Math.max(limit - window.count, 0);
    const headers = [
      'RateLimit',
      `"reads"; r=${remaining}; t=${resetSeconds}`,
      'RateLimit-Policy',
      window.policy,
    ];
    if (window.count <= limit) return { error: null, headers };
    return { error: rateLimited(), headers: [...headers, 'Retry-After', String(resetSeconds)] };
  };
}

export function rateLimited(): TexasError {
  return new TexasError('rate_limited', 'Too many requests. Retry after the time in Retry-After.');
}

/** The partition key identifies the API key without revealing its id. */
function policyOf(keyId: string, limit: number): string {
  const partition = createHash('sha256').update(keyId).digest().subarray(0, 9).toString('base64');
  return `"reads"; q=${limit}; w=${windowMs / 1000}; pk=:${partition}:`;
}
