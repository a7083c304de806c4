import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import type { AuthorName } from './authoring/author.js';
import type { HoldRepository } from './authoring/cooldowns.js';
import type { Profile } from './character/profile.js';
import type { DayBrief, Yesterday } from './day/brief.js';
import type { Day, DaySummary } from './day/day.js';
import type { Interaction, InteractionStatus } from './day/interaction.js';
import type { MajorEvent, MajorEventRecord } from './day/major-event.js';
import type { Chapter, Plan, Slot } from './day/plan.js';
import type { SlotText } from './drafting/draft.js';
import type { Generation } from './generation/generation.js';
import type { RetentionRepository } from './retention/retention.js';
import type { LedgerRepository } from './spending/ledger.js';
import type { TransferRepository } from './transfer/transfer.js';

// What the use cases need kept. PostgreSQL is the truth; `packages/storage` implements this.
// Every method may reject with `storage_unavailable`.

/** The brief without the profile, which is kept with its character. */
export type StoredBrief = Omit<DayBrief, 'profile' | 'date' | 'ordinal'>;

export interface CharacterRecord {
  profile: Profile;
  hash: string;
}

export interface CharacterRepository {
  /**
   * Inserts the profiles that are new and replaces those whose hash differs; tells which. Their days
   * are looked after at once, those of characters whose profile is no longer among them not any more.
   */
  synchronise(records: readonly CharacterRecord[]): Promise<string[]>;
  find(id: string): Promise<Profile | null>;
  /** By id, without their material; `after` is the id that the page before ended with. */
  list(page: { after?: string | undefined; limit: number }): Promise<Profile[]>;
  /** Those whose next day is to be looked after, locked until the transaction ends. */
  due(now: Temporal.Instant, limit: number): Promise<DueCharacter[]>;
  countDue(now: Temporal.Instant): Promise<number>;
  /** Says when each is next looked after. */
  planNext(times: ReadonlyMap<string, Temporal.Instant>): Promise<void>;
}

/** A character whose planning time has come. */
export interface DueCharacter {
  id: string;
  timeZone: string;
  /** Earliest waking, local `HH:MM`. */
  wakesAt: string;
}

/** What a request asks for, as far as it is stored. */
export interface StoredRequest {
  character: string;
  date: string;
  fresh: boolean;
  askedBy: Generation['askedBy'];
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
  /** Null where there is none. */
  character: { timeZone: string; wakesAt: string } | null;
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
    request: StoredRequest & { author: AuthorName; fallbackAt: Temporal.Instant | null },
    newest: Generation | null,
  ): Promise<Generation>;
  /** A failed generation goes on where it stopped: a new run, tries and call cap anew, no error. */
  revive(
    failed: Generation,
    request: StoredRequest,
    fallbackAt: Temporal.Instant | null,
  ): Promise<GenerationNeeds>;
  /** A new run of one in flight, for jobs that got lost; null where it is over. */
  renew(id: string, request: StoredRequest | null): Promise<GenerationNeeds | null>;
  /** Adds a request to the generation in flight: one that a person asks for too is a person's from now on. */
  join(id: string, request: StoredRequest): Promise<void>;
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

/** A generation that is begun by itself. */
export interface NightlyGeneration {
  character: string;
  date: string;
  author: AuthorName;
  fallback: { from: AuthorName; code: ErrorCode; reason: string } | null;
  chaptersWanted: number | null;
  fallbackAt: Temporal.Instant | null;
}

/** A step as its row knows it: the plan where no chapter is named. */
export interface StepRow {
  generationId: string;
  chapter?: number | undefined;
}

export interface GenerationRepository {
  find(id: string): Promise<Generation | null>;
  /** Those of these ids that there are. */
  findAll(ids: readonly string[]): Promise<Generation[]>;
  /** Locks the row until the transaction ends. */
  lock(id: string): Promise<Generation | null>;
  cancel(id: string): Promise<void>;
  /** Those of these whose date has no live day and nothing in flight. */
  withoutDay<T extends { id: string; date: string }>(characters: readonly T[]): Promise<T[]>;
  /**
   * Begins those whose date has no live day and nothing in flight, and revives the newest where that
   * one failed. Answers what each needs.
   */
  beginNightly(wanted: readonly NightlyGeneration[]): Promise<GenerationNeeds[]>;
  /** Everything in flight that nobody touched since then, oldest first. */
  untouched(since: Temporal.Instant, limit: number): Promise<GenerationNeeds[]>;
  /** Marks it failed if it is in flight and (unless null) of that run; answers it if so. */
  fail(
    id: string,
    run: number | null,
    code: ErrorCode,
    message: string,
  ): Promise<Generation | null>;
  /**
   * The offline author goes on with it, under a new run, if it is not published and (unless null) of
   * that run; null otherwise.
   */
  fallBack(
    id: string,
    run: number | null,
    code: string,
    reason?: string,
  ): Promise<GenerationNeeds | null>;
  /**
   * Those in flight whose time to fall back has come and whose author is held, with the hold's code and
   * reason, or is none of the `worked`: those whom some worker can ask. What a person asked for does not
   * wait for its time where the hold has one of the codes `atOnce`.
   */
  heldTooLong(
    now: Temporal.Instant,
    worked: readonly AuthorName[],
    limit: number,
    atOnce?: readonly ErrorCode[],
  ): Promise<{ id: string; code: ErrorCode; reason: string }[]>;
  /**
   * Published ones that another finished in place of this author and whose date was not written anew
   * yet, of what is today where she lives and later, while the author answers again.
   */
  toRewrite(author: AuthorName, now: Temporal.Instant, limit: number): Promise<Generation[]>;
  markRewritten(id: string): Promise<void>;
  /** Tells that somebody works on it, for its own run only. */
  touch(id: string, run: number): Promise<void>;
  touchAll(ids: readonly string[]): Promise<void>;
  /** A new run of each that is in flight and still untouched since then, for jobs that got lost. */
  renewAll(ids: readonly string[], since: Temporal.Instant): Promise<GenerationNeeds[]>;
  /** From `publishing` to `published`; null where it was not publishing. */
  publish(id: string): Promise<Generation | null>;
  /** Published before then and not announced. */
  unannounced(before: Temporal.Instant, limit: number): Promise<Generation[]>;
  markAnnounced(id: string): Promise<void>;

  /** One more try at the plan of this run; null where it is over, of another run or planned. */
  beginPlan(id: string, run: number): Promise<{ generation: Generation; tries: number } | null>;
  /** Stores plan, brief and chapters, all or nothing, unless there is a plan or it is over; answers how it stands. */
  storePlan(id: string, planned: PlannedDay): Promise<Generation>;

  /**
   * A try of a step has ended; `counts` tells whether as a failure that counts. Answers the failures
   * that do. What remains of `tries` was begun and never heard of again. A try of another run than the
   * present one (unless null) is not counted any more.
   */
  endTry(step: StepRow, run: number | null, counts: boolean): Promise<number>;

  /** Positions of the chapters with text, in the order in which they were written, by generation. */
  writtenChapters(ids: readonly string[]): Promise<Map<string, number[]>>;
  /** Positions of the chapters without text, in order. */
  missingChapters(id: string): Promise<number[]>;
  /** One more try at a chapter of this run; null where it is over, of another run or written. */
  beginChapter(id: string, run: number, chapter: number): Promise<BegunChapter | null>;
  /**
   * Stores the texts and the count, all or nothing, unless the chapter has some or the generation is
   * over; answers how it stands. The last chapter to come in moves a generation that is in flight to
   * `publishing`.
   */
  storeChapter(id: string, chapter: number, texts: readonly SlotText[]): Promise<Generation>;
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
  /** How many characters that are looked after have no live day of today, where they live. */
  charactersWithout(now: Temporal.Instant): Promise<number>;
  /**
   * Characters without a live day of today, where they live, that were to be planned so many minutes
   * ago or longer; `some` has a few of their ids. `planningTime` is local, in minutes.
   */
  missing(
    now: Temporal.Instant,
    planningTime: number,
    minutes: number,
  ): Promise<{ count: number; some: string[] }>;
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
  ledger: LedgerRepository;
  holds: HoldRepository;
  retention: RetentionRepository;
  transfers: TransferRepository;
}

export interface Store extends Repositories {
  /** All or nothing; only the repositories handed in take part. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
  /** Names the database; another that is put in its place has another name. */
  identity(): Promise<string>;
  /** The time by the database's clock, which is that of everything it stamps. */
  now(): Promise<Temporal.Instant>;
  /** Does the work unless somebody else is at it, anywhere; tells whether it did. */
  exclusively(name: ExclusiveWork, work: () => Promise<void>): Promise<boolean>;
}

/** What one process at a time does, by an advisory lock. */
export type ExclusiveWork = 'reconcile' | 'watch' | 'backup' | 'prune' | 'check-authors';
