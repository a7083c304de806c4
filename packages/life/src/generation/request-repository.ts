import type { Temporal } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import type { Generation } from './generation.js';
import type { GenerationNeeds } from './steps.js';

/** The stored part of a request for a day. */
export interface StoredRequest {
  character: string;
  date: Temporal.PlainDate;
  fresh: boolean;
  askedBy: Generation['askedBy'];
  idempotency: { caller: string; key: string } | null;
  requestId: string | null;
}

/** The stored state that a request for a day depends on. */
export interface RequestState {
  /** Null if there is no such character. */
  character: { timeZone: string; wakesAt: string } | null;
  /** The newest generation of the date. */
  newest: GenerationNeeds | null;
  /** The generation that the same idempotency key was first used for, and that request's `fresh`. */
  repeated: { generation: Generation; fresh: boolean } | null;
}

/**
 * Each method is one statement, and stores the request's idempotency key with what it does. Those that
 * write reject with `storage_conflict` if the state has changed since it was read.
 */
export interface RequestRepository {
  read(request: StoredRequest): Promise<RequestState>;
  /** Begins a generation after the newest, which is cancelled if it is in flight. */
  begin(
    request: StoredRequest & { author: AuthorName; fallbackAt: Temporal.Instant | null },
    newest: Generation | null,
  ): Promise<GenerationNeeds>;
  /** Resumes a failed generation under a new run: tries and the call cap start again, the error is cleared. */
  resumeFailed(
    failed: Generation,
    request: StoredRequest,
    fallbackAt: Temporal.Instant | null,
  ): Promise<GenerationNeeds>;
  /** A new run of a generation in flight whose jobs were lost; null if it is over. */
  restartRun(id: string, request: StoredRequest): Promise<GenerationNeeds | null>;
  /** Adds a request to the generation in flight, which counts as a person's once a person requested it. */
  join(id: string, request: StoredRequest): Promise<void>;
}
