import type { ChapterBrief, DayBrief } from '../day/brief.js';

export const authorNames = ['gemini', 'offline'] as const;
export type AuthorName = (typeof authorNames)[number];

/** What one call to an author was billed for. */
export interface CallUsage {
  inputTokens: number;
  outputTokens: number;
  /** The model that answered, where the answer says so: it may be another than was asked for. */
  model?: string;
}

/** What is told while a call is under way. */
export interface CallContext {
  signal: AbortSignal;
  /** Told once what the call was billed for, also when its answer turns out unusable. */
  onUsage(usage: CallUsage): void;
}

export interface AuthorCall extends CallContext {
  /** What was wrong with the previous answer, one plain sentence each; empty on the first call. */
  problems: readonly string[];
}

/**
 * What writes plans and chapters. An answer is data of unknown shape: the caller validates it
 * (`readPlanDraft`, `readChapterDraft`) and never executes or obeys it. Failures are
 * TexasErrors with an `author_…` code; an aborted call rejects with `aborted`.
 */
export interface Author {
  readonly name: AuthorName;
  /** The model's name; null where the author has none. */
  readonly model: string | null;
  /** Version of its prompts or of its grammar, recorded on every generation. */
  readonly version: string;
  /** Names the key it is asked with, without telling it; null where nothing is billed or refused. */
  readonly fingerprint: string | null;
  writePlan(brief: DayBrief, call: AuthorCall): Promise<unknown>;
  writeChapter(brief: ChapterBrief, call: AuthorCall): Promise<unknown>;
  /**
   * Has the model write a few words, with the key and settings of any other call: to be listed does not
   * mean that a model may be used. Rejects as a call would.
   */
  probe(call: CallContext): Promise<void>;
}

/** The author of that name. Throws `author_unauthorized` where this process has none. */
export type Authors = (name: AuthorName) => Author;
