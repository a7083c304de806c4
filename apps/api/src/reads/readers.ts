import { Temporal, TexasError } from '@texas-ai/kernel';
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

/** What clients read often, through the cache. */
export interface Readers {
  /** A published day's bytes from memory alone; undefined for everything else. */
  peekDay(character: string, date: string): CachedBytes | undefined;
  /** A published day; null where none is written. Rejects with `character_not_found`. */
  day(character: string, date: string): Promise<CachedRead | null>;
  /** The day that these bytes say, read once however often it is asked for. */
  dayOf(entry: CachedBytes): Day;
  /** Rejects with `character_not_found`. */
  profile(character: string): Promise<Profile>;
  /** The same, and whether it is older than it should be. */
  character(character: string): Promise<{ profile: Profile; stale: boolean }>;
  /** An answer about the newest major events, built from them. */
  newestEvents(
    character: string,
    limit: number,
    answer: (events: MajorEventRecord[]) => unknown,
  ): Promise<CachedRead>;
  /** Makes a day count as old. */
  dropDay(character: string, date: string): Promise<void>;
}

/** A published day is dropped when another takes its place, so it may be kept long. */
const dayTtlSeconds = 24 * 3600;
/** A profile changes when an installation's files do, an event when a plan begins one. */
const profileTtlSeconds = 30;
const eventsTtlSeconds = 60;

type Deps = { cache: ReadCache; store: Pick<Store, 'days' | 'characters' | 'majorEvents'> };

export function makeReaders({ cache, store }: Deps): Readers {
  const dayOf = parsedOnce<Day>((bytes) => JSON.parse(bytes.toString()));
  const profileOf = parsedOnce((bytes) => profileSchema.parse(JSON.parse(bytes.toString())));

  async function profile(character: string): Promise<Profile> {
    return (await read(character)).profile;
  }

  async function read(character: string): Promise<{ profile: Profile; stale: boolean }> {
    const found = await cache.read(profileKey(character), profileTtlSeconds, () =>
      store.characters.find(character),
    );
    if (found) return { profile: profileOf(found.entry), stale: found.stale };
    throw new TexasError('character_not_found', 'There is no character of this id.', {
      details: { field: 'character' },
    });
  }

  return {
    peekDay: (character, date) => cache.peek(dayKey(character, date)),
    async day(character, date) {
      const found = await cache.read(dayKey(character, date), dayTtlSeconds, () =>
        store.days.find(character, Temporal.PlainDate.from(date)),
      );
      if (!found) await profile(character);
      return found;
    },
    dayOf,
    profile,
    character: read,
    async newestEvents(character, limit, answer) {
      const key = majorEventsKey(character, limit);
      const found = await cache.read(key, eventsTtlSeconds, async () =>
        answer(await store.majorEvents.list({ character, limit })),
      );
      if (found) return found;
      throw new TexasError('internal_error', 'An answer was built and is none.');
    },
    dropDay: (character, date) => cache.drop(dayKey(character, date)),
  };
}

/** What bytes say, read once for each entry that is in memory. */
function parsedOnce<T>(parse: (bytes: Buffer) => T): (entry: CachedBytes) => T {
  const known = new WeakMap<CachedBytes, T & object>();
  return (entry) => {
    const found = known.get(entry);
    if (found) return found;
    const parsed = parse(entry.bytes);
    if (typeof parsed === 'object' && parsed !== null) known.set(entry, parsed);
    return parsed;
  };
}
