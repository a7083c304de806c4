import { type Temporal, TexasError } from '@texas-ai/kernel';
import {
  type Day,
  type MajorEventRecord,
  type Profile,
  profileSchema,
  type Store,
} from '@texas-ai/life';
import {
  type CachedBytes,
  type CachedRead,
  dayKey,
  majorEventsKey,
  profileKey,
  type ReadCache,
} from '@texas-ai/storage';

/** Frequent reads, through the cache. */
export interface Readers {
  /** A published day, `date` as `YYYY-MM-DD`, if it is in memory. */
  peekDay(character: string, date: string): CachedBytes | undefined;
  /** A published day; null if none is written. Rejects with `character_not_found`. */
  day(character: string, date: Temporal.PlainDate): Promise<CachedRead | null>;
  /** Parses a cached day, once per entry. */
  dayOf(entry: CachedBytes): Day;
  /** Rejects with `character_not_found`. */
  profile(character: string): Promise<Profile>;
  /** Like `profile`, with whether it may be out of date. */
  character(character: string): Promise<{ profile: Profile; stale: boolean }>;
  /** The response body that `build` makes of the newest major events. */
  newestEvents(
    character: string,
    limit: number,
    build: (events: MajorEventRecord[]) => object,
  ): Promise<CachedRead>;
  /** Invalidates a day, `date` as `YYYY-MM-DD`. */
  dropDay(character: string, date: string): Promise<void>;
}

/** Long, since publishing drops the day. */
const dayTtlSeconds = 24 * 3600;
/** Short, since nothing drops profiles and events. */
const profileTtlSeconds = 30;
const eventsTtlSeconds = 60;

type Deps = { cache: ReadCache; store: Pick<Store, 'days' | 'characters' | 'majorEvents'> };

export function makeReaders({ cache, store }: Deps): Readers {
  const dayOf = parsedOnce<Day>((bytes) => JSON.parse(bytes.toString()));
  const profileOf = parsedOnce((bytes) => profileSchema.parse(JSON.parse(bytes.toString())));

  async function character(id: string): Promise<{ profile: Profile; stale: boolean }> {
    const found = await cache.read(profileKey(id), profileTtlSeconds, () =>
      store.characters.find(id),
    );
    if (found) return { profile: profileOf(found.entry), stale: found.stale };
    throw new TexasError('character_not_found', 'There is no character with this id.', {
      details: { field: 'character' },
    });
  }

  return {
    peekDay: (character, date) => cache.peek(dayKey(character, date)),
    async day(id, plainDate) {
      const date = plainDate.toString();
      const found = await cache.read(dayKey(id, date), dayTtlSeconds, () =>
        store.days.find(id, plainDate),
      );
      if (!found) await character(id);
      return found;
    },
    dayOf,
    profile: async (id) => (await character(id)).profile,
    character,
    async newestEvents(character, limit, build) {
      const key = majorEventsKey(character, limit);
      const found = await cache.read(key, eventsTtlSeconds, async () =>
        build(await store.majorEvents.list({ character, limit })),
      );
      if (found) return found;
      throw new TexasError(
        'internal_error',
        'The cache returned nothing for a body that was built.',
      );
    },
    dropDay: (character, date) => cache.drop(dayKey(character, date)),
  };
}

/** Memoizes `parse` for as long as the entry is in memory. */
function parsedOnce<T extends object>(parse: (bytes: Buffer) => T): (entry: CachedBytes) => T {
  const parsed = new WeakMap<CachedBytes, T>();
  return (entry) => {
    const value = parsed.get(entry) ?? parse(entry.bytes);
    parsed.set(entry, value);
    return value;
  };
}
