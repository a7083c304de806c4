import { createHash } from 'node:crypto';

/** A response body, ready to be sent. */
export interface CachedBytes {
  bytes: Buffer;
  /** Strong: identifies these exact bytes. */
  etag: string;
}

export function withEtag(text: string): CachedBytes {
  const bytes = Buffer.from(text);
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 27);
  return { bytes, etag: `"${digest}"` };
}

/**
 * An entry as memory and Redis keep it. Memory holds the object itself, so that a hit parses nothing;
 * Redis gets its text. (Bentocache's `serialize: false` fails for entries that came from Redis: memory
 * then holds text without a serializer to parse it.)
 */
class CacheEntry {
  constructor(
    readonly value: CachedBytes,
    /** Epoch milliseconds. */
    readonly logicalExpiration: number,
    readonly createdAt: number,
  ) {}

  toString(): string {
    const { value, logicalExpiration, createdAt } = this;
    const text = value.bytes.toString();
    return JSON.stringify({ etag: value.etag, logicalExpiration, createdAt, text });
  }
}

export const cacheEntrySerializer = {
  // Declared as a string, which it becomes as soon as the Redis driver needs one.
  serialize: ({ value, logicalExpiration, createdAt }: CacheEntry) =>
    new CacheEntry(value, logicalExpiration, createdAt) as unknown as string,
  deserialize(entry: unknown): CacheEntry {
    if (entry instanceof CacheEntry) return entry;
    const { etag, text, logicalExpiration, createdAt } = JSON.parse(String(entry));
    return new CacheEntry({ etag, bytes: Buffer.from(text) }, logicalExpiration, createdAt);
  },
};

export function isFresh(entry: unknown): entry is CacheEntry {
  return entry instanceof CacheEntry && entry.logicalExpiration > Date.now();
}
