import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import type { AuthorName, CallUsage } from './author.js';
import type { DayBrief, Yesterday } from './brief.js';
import type { Day, DaySummary } from './day.js';
import type { SlotText } from './draft.js';
import type { Generation } from './generation.js';
import type { Interaction, InteractionStatus } from './interaction.js';
import type { MajorEvent, MajorEventRecord } from './major-event.js';
import type { Chapter, Plan, Slot } from './plan.js';
import type { Profile } from './profile.js';

// What the use cases need kept. PostgreSQL is the truth; `packages/storage` implements this.
// Every method may reject with `storage_unavailable`.

/** The brief without the profile, which is kept with its character. */
export type StoredBrief = Omit<DayBrief, 'profile' | 'date' | 'ordinal'>;

export interface CharacterRecord {
  profile: Profile;
  hash: string;
}

export interface CharacterRepository {
  /** Inserts the profiles that are new and replaces those whose hash differs; tells which. */
  synchronise(records: readonly CharacterRecord[]): Promise<string[]>;
  find(id: string): Promise<Profile | null>;
  /** By id, without their material; `after` is the id that the page before ended with. */
  list(page: { after?: string | undefined; limit: number }): Promise<Profile[]>;
}

/** What a request asks for, as far as it is stored. */
export interface StoredRequest {
  character: string;
  date: string;
  fresh: boolean;
  idempotency: { caller: string; key: string } | null;
  requestId: string | null;
}

/** A generation and what it lacks. */
export interface GenerationNeeds {
  generation: Generation;
  /** Positions of the chapters without text, in order; those alone of a generation with a plan. */
  missingChapters: number[];
}

/** What a request for a day meets. */
export interface RequestState {
  /** Of the character; null where there is none. */
  timeZone: string | null;
  /** The newest generation of the date. */
  newest: GenerationNeeds | null;
  /** What the same idempotency key was first answered with, and how it was asked. */
  repeated: { generation: Generation; fresh: boolean } | null;
}

/**
 * Each method is one statement, and remembers the request's idempotency key with what it does. Those
 * that write reject with `storage_conflict` where the state is not what it was when it was looked at.
 */
export interface RequestRepository {
  look(request: StoredRequest): Promise<RequestState>;
  /** A generation after the newest, which is cancelled if it is in flight. */
  begin(
    request: StoredRequest & { author: AuthorName },
    newest: Generation | null,
  ): Promise<Generation>;
  /** A failed generation goes on where it stopped: a new run, tries and call cap anew, no error. */
  revive(failed: Generation, request: StoredRequest): Promise<GenerationNeeds>;
  /** A new run of one in flight, for jobs that got lost; null where it is over. */
  renew(id: string, request: StoredRequest | null): Promise<GenerationNeeds | null>;
  remember(id: string, request: StoredRequest): Promise<void>;
}

/** What a plan-day step stores, all at once. */
export interface PlannedDay {
  plan: Plan;
  brief: StoredBrief;
  chapters: readonly Chapter[];
  model: string | null;
  authorVersion: string;
  /** What repair mended and what is a matter of taste, one plain sentence each. */
  warnings: readonly string[];
}

export interface GenerationRepository {
  find(id: string): Promise<Generation | null>;
  /** Those of these ids that there are. */
  findAll(ids: readonly string[]): Promise<Generation[]>;
  /** Locks the row until the transaction ends. */
  lock(id: string): Promise<Generation | null>;
  cancel(id: string): Promise<void>;
  /** Everything in flight, oldest first. */
  unfinished(limit: number): Promise<Generation[]>;
  /** Marks it failed if it is in flight and (unless null) of that run; tells whether it did. */
  fail(id: string, run: number | null, code: ErrorCode, message: string): Promise<boolean>;
  /** Tells that somebody works on it, for its own run only. */
  touch(id: string, run: number): Promise<void>;
  /** Adds what billed calls cost. */
  addUsage(id: string, usage: readonly CallUsage[]): Promise<void>;

  /** One more try at the plan of this run; null where it is over, of another run or planned. */
  beginPlan(id: string, run: number): Promise<{ generation: Generation; tries: number } | null>;
  /**
   * Stores plan, brief and chapters, all or nothing, unless there is a plan or it is over; adds what
   * the calls cost; answers how it stands.
   */
  storePlan(id: string, planned: PlannedDay, usage: readonly CallUsage[]): Promise<Generation>;

  /** How often a step of it was begun: the plan where no chapter is named. */
  triesOf(id: string, chapter?: number): Promise<number>;
  /** Takes back the try of a step that failed through nobody's fault. */
  forgiveTry(id: string, chapter?: number): Promise<void>;

  /** Positions of the chapters with text, in the order in which they were written, by generation. */
  writtenChapters(ids: readonly string[]): Promise<Map<string, number[]>>;
  /** Positions of the chapters without text, in order. */
  missingChapters(id: string): Promise<number[]>;
  /** One more try at a chapter of this run; null where it is over, of another run or written. */
  beginChapter(id: string, run: number, chapter: number): Promise<BegunChapter | null>;
  /**
   * Stores the texts and the count, all or nothing, unless the chapter has some or the generation is
   * over; adds what the calls cost; answers how it stands. The last chapter to come in moves a
   * generation that is in flight to `publishing`.
   */
  storeChapter(
    id: string,
    chapter: number,
    texts: readonly SlotText[],
    usage: readonly CallUsage[],
  ): Promise<Generation>;
  /** From `publishing` to `published`; null where it was not publishing. */
  publish(id: string): Promise<Generation | null>;
}

export interface BegunChapter {
  generation: Generation;
  tries: number;
  brief: StoredBrief;
  plan: Plan;
  slots: Slot[];
}

export interface DayRepository {
  find(character: string, date: string): Promise<Day | null>;
  /** What the day was like, without its experiences. */
  outline(character: string, date: string): Promise<Yesterday | null>;
  /** Newest first, by (date, id of the live generation). */
  list(query: ListQuery): Promise<DaySummary[]>;
  /** How many characters have no live day for what is today where they live. */
  charactersWithout(now: Temporal.Instant): Promise<number>;
  /** Points the day at a generation and collects its interactions. The generation is published. */
  publish(generation: Generation): Promise<void>;
}

/** A place in a list that is sorted by (date, id), newest first. */
export interface ListPlace {
  date: string;
  id: string;
}

export interface ListQuery {
  character: string;
  /** First and last local date, both included. */
  from?: string | undefined;
  to?: string | undefined;
  /** Only what comes after this place. */
  after?: ListPlace | undefined;
  limit: number;
}

export interface MajorEventRepository {
  /** The event that a date is part of. */
  covering(character: string, date: string): Promise<MajorEvent | null>;
  /** Keeps the event unless it overlaps one that is kept; answers the one that covers its start. */
  keep(character: string, event: MajorEvent): Promise<MajorEvent | null>;
  /** Newest first, by (start date, id); `from` and `to` bound the start date. */
  list(query: ListQuery): Promise<MajorEventRecord[]>;
}

export interface InteractionRepository {
  /** Those of live days, newest first, by (date, id). */
  list(query: InteractionQuery): Promise<Interaction[]>;
}

export interface InteractionQuery {
  character: string;
  date?: string | undefined;
  status?: InteractionStatus | undefined;
  after?: ListPlace | undefined;
  limit: number;
}

export interface Repositories {
  characters: CharacterRepository;
  generations: GenerationRepository;
  days: DayRepository;
  majorEvents: MajorEventRepository;
  interactions: InteractionRepository;
  requests: RequestRepository;
}

export interface Store extends Repositories {
  /** All or nothing; only the repositories handed in take part. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
}
