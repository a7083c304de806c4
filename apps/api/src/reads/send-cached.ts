import type { CachedBytes, CachedRead } from '@texas-ai/storage';
import type { ReadyAnswer } from '../transport/send-bytes.js';

/** Said of an answer that is older than it should be, because the database is away (RFC 9211). */
export const staleHeader = { 'Cache-Status': 'texas-ai; hit; detail=stale' } as const;

/** What was read through the cache as it is sent. */
export function answerCached(
  { entry, stale }: CachedRead,
  ifNoneMatch: string | undefined,
): ReadyAnswer {
  return answerBytes(entry, ifNoneMatch, stale);
}

/** Bytes as they are sent: whole, or 304 to a client that has these very ones. */
export function answerBytes(
  { bytes, etag }: Pick<CachedBytes, 'bytes' | 'etag'>,
  ifNoneMatch: string | undefined,
  stale = false,
): ReadyAnswer {
  // Others may not keep it, and whoever does asks each time whether it still holds.
  const headers = ['ETag', etag, 'Cache-Control', 'private, no-cache'];
  if (stale) headers.push(...Object.entries(staleHeader).flat());
  if (ifNoneMatch !== undefined && matches(etag, ifNoneMatch)) {
    return { status: 304, headers, bytes: null };
  }
  headers.push('Content-Type', 'application/json; charset=utf-8');
  return { status: 200, headers, bytes };
}

/** RFC 9110 compares weakly here: `W/` makes no difference. */
function matches(etag: string, ifNoneMatch: string): boolean {
  return ifNoneMatch
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .some((each) => each === etag || each === '*');
}
