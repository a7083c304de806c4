import { createHash } from 'node:crypto';
import { TexasError } from '@texas-ai/kernel';
import type { HeaderList } from '../transport/headers.js';

/** How one key stands. */
export interface ReadCount {
  /** Null while it may go on. */
  refusal: TexasError | null;
  /** What tells of it: the IETF's RateLimit header fields, draft 8. */
  headers: HeaderList;
}

/** Counts one more read of a key. */
export type ReadLimit = (keyId: string) => ReadCount;

interface Window {
  /** Epoch milliseconds. */
  end: number;
  count: number;
  policy: string;
}

export const windowMs = 60_000;

/**
 * So many reads of each key in each minute of this process. Written here because a read that is
 * answered from memory costs less than a middleware that waits for its counter: this one answers at
 * once, and says what express-rate-limit says. There is one entry for each key, and no more.
 */
export function makeReadLimit(limit: number, now: () => number = Date.now): ReadLimit {
  const windows = new Map<string, Window>();
  return (keyId) => {
    const at = now();
    const window = windows.get(keyId) ?? { end: 0, count: 0, policy: policyOf(keyId, limit) };
    if (window.end === 0) windows.set(keyId, window);
    if (at >= window.end) {
      window.end = at + windowMs;
      window.count = 0;
    }
    window.count += 1;
    const seconds = Math.ceil((window.end - at) / 1000);
    const left = Math.max(limit - window.count, 0);
    const headers = [
      'RateLimit',
      `"reads"; r=${left}; t=${seconds}`,
      'RateLimit-Policy',
      window.policy,
    ];
    if (window.count <= limit) return { refusal: null, headers };
    return { refusal: tooMany(), headers: [...headers, 'Retry-After', String(seconds)] };
  };
}

export function tooMany(): TexasError {
  return new TexasError('rate_limited', 'Too many requests; Retry-After says in how many seconds.');
}

function policyOf(keyId: string, limit: number): string {
  const partition = createHash('sha256').update(keyId).digest().subarray(0, 9).toString('base64');
  return `"reads"; q=${limit}; w=${windowMs / 1000}; pk=:${partition}:`;
}
