import type { CachedRead } from '@texas-ai/storage';
import type { RawResponse } from '../transport/response.js';

/** Marks a response that is out of date because the database is unavailable (RFC 9211). */
export const staleHeader = { 'Cache-Status': 'texas-ai; hit; detail=stale' } as const;

/** 304 if `ifNoneMatch` has the entry's ETag, otherwise 200. */
export function cachedResponse(
  { entry: { bytes, etag }, stale }: CachedRead,
  ifNoneMatch: string | undefined,
): RawResponse {
  // Clients may store the response but must revalidate it; shared caches must not store it.
  const headers = ['ETag', etag, 'Cache-Control', 'private, no-cache'];
  if (stale) headers.push(...Object.entries(staleHeader).flat());
  if (ifNoneMatch !== undefined && matches(etag, ifNoneMatch)) {
    return { status: 304, headers, bytes: null };
  }
  headers.push('Content-Type', 'application/json; charset=utf-8');
  return { status: 200, headers, bytes };
}

/** Weak comparison, as RFC 9110 requires for `If-None-Match`: a `W/` prefix is ignored. */
function matches(etag: string, ifNoneMatch: string): boolean {
  return ifNoneMatch
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .some((each) => each === etag || each === '*');
}
