import type { ChapterBrief, DayBrief } from './brief.js';

export const authorNames = ['gemini', 'offline'] as const;
export type AuthorName = (typeof authorNames)[number];

/** What one call to an author cost. Tokens are 0 where the author counts none. */
export interface CallUsage {
  inputTokens: number;
  outputTokens: number;
}

export interface AuthorCall {
  signal: AbortSignal;
  /** What was wrong with the previous answer, one plain sentence each; empty on the first call. */
  problems: readonly string[];
  /** Called once for every call that was billed, also when its answer turns out unusable. */
  onUsage(usage: CallUsage): void;
}

/**
 * What writes plans and chapters. An answer is data of unknown shape: the caller validates it
 * (`planDraftSchema`, `chapterDraftSchema`) and never executes or obeys it. Failures are
 * TexasErrors with an `author_…` code; an aborted call rejects with `aborted`.
 */
export interface Author {
  readonly name: AuthorName;
  /** The model's name; null where the author has none. */
  readonly model: string | null;
  /** Version of its prompts or of its grammar, recorded on every generation. */
  readonly version: string;
  writePlan(brief: DayBrief, call: AuthorCall): Promise<unknown>;
  writeChapter(brief: ChapterBrief, call: AuthorCall): Promise<unknown>;
}
