import type { ChapterBrief, DayBrief } from '../day/brief.js';

export const authorNames = ['gemini', 'offline'] as const;
export type AuthorName = (typeof authorNames)[number];

/** The billed usage of one call. */
export interface CallUsage {
  inputTokens: number;
  outputTokens: number;
  /** The model that answered, if known; it may differ from the requested one. */
  model?: string;
}

export interface CallContext {
  signal: AbortSignal;
  /** Called once with the billed usage, even if the answer is unusable. */
  onUsage(usage: CallUsage): void;
}

export interface AuthorCall extends CallContext {
  /** The problems of the previous answer, one sentence each; empty on the first call. */
  problems: readonly string[];
}

/**
 * Writes plans and chapters. An answer is untrusted data: the caller validates it (`readPlanDraft`,
 * `readChapterDraft`) and never executes or obeys it. Rejects with a TexasError with an `author_…` code, or
 * with `aborted` if the call was aborted.
 */
export interface Author {
  readonly name: AuthorName;
  /** The name of the model; null if the author uses none. */
  readonly model: string | null;
  /** The version of its prompts or its grammar, stored with every generation. */
  readonly version: string;
  /** Identifies the API key without revealing it; null if the author bills nothing. */
  readonly fingerprint: string | null;
  writePlan(brief: DayBrief, call: AuthorCall): Promise<unknown>;
  writeChapter(brief: ChapterBrief, call: AuthorCall): Promise<unknown>;
  /**
   * Makes the model write a few words, with the key and settings of other calls: a listed model may still
   * be unusable. Rejects like other calls.
   */
  probe(call: CallContext): Promise<void>;
}

/** Returns the author with this name. Throws `author_unauthorized` if this process has none. */
export type Authors = (name: AuthorName) => Author;
