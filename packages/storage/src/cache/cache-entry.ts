/** The bytes of an answer, ready to be sent. */
export interface CachedBytes {
  bytes: Buffer;
  /** Strong: of these very bytes. */
  etag: string;
  /** Tells this build from others, whoever made them. */
  build: string;
}

/**
 * What memory and Redis keep. Memory holds the object itself, so that a hit makes nothing of text;
 * its text is for Redis. (Bentocache's own way to keep objects in memory fails once an entry came
 * from Redis: it then finds a text in memory and no serializer to read it with.)
 */
class Kept {
  constructor(
    readonly value: CachedBytes,
    /** Epoch milliseconds. */
    readonly logicalExpiration: number,
    readonly createdAt: number,
  ) {}

  toString(): string {
    const { value, logicalExpiration, createdAt } = this;
    const text = value.bytes.toString();
    const { etag, build } = value;
    return JSON.stringify({ etag, build, logicalExpiration, createdAt, text });
  }
}

export const keptSerializer = {
  // Said to be a text, which it is as soon as Redis asks for one.
  serialize: ({ value, logicalExpiration, createdAt }: Kept) =>
    new Kept(value, logicalExpiration, createdAt) as unknown as string,
  deserialize(kept: unknown): Kept {
    if (kept instanceof Kept) return kept;
    const { etag, build, text, logicalExpiration, createdAt } = JSON.parse(String(kept));
    return new Kept({ etag, build, bytes: Buffer.from(text) }, logicalExpiration, createdAt);
  },
};

/** Whether it is an entry that has not expired. */
export function isFresh(kept: unknown): kept is Kept {
  return kept instanceof Kept && kept.logicalExpiration > Date.now();
}
