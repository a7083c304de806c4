import type { Profile } from '../character/profile.js';
import type { StoredBrief, Yesterday } from '../day/brief.js';
import type { MajorEvent } from '../day/major-event.js';
import type { Chapter, Plan, Slot } from '../day/plan.js';
import type { SlotText } from '../drafting/draft.js';
import type { EndedCall } from '../spending/ledger.js';
import type { Generation } from './generation.js';
import type { GenerationNeeds } from './steps.js';

/** The result of the step plan-day. */
export interface PlannedDay {
  plan: Plan;
  brief: StoredBrief;
  chapters: readonly Chapter[];
  model: string | null;
  authorVersion: string;
  /** Repairs and warnings about the plan, one sentence each. */
  warnings: readonly string[];
}

/** Identifies the row of a step: a chapter, or the plan if `chapter` is absent. */
export interface StepRow {
  generationId: string;
  chapter?: number | undefined;
}

export interface StartedPlan {
  generation: Generation;
  tries: number;
  profile: Profile;
  /** The stored event that covers the date. */
  majorEvent: MajorEvent | null;
  /** Of the live day before. */
  yesterday: Yesterday | null;
}

export interface StartedChapter {
  generation: Generation;
  tries: number;
  profile: Profile;
  brief: StoredBrief;
  plan: Plan;
  slots: Slot[];
}

/**
 * The checkpoints of a generation: the results of its steps, and their tries. Storing a result closes the
 * call that gave it, unless that is null, in the same statement. Every method may reject with
 * `storage_unavailable`.
 */
export interface CheckpointRepository {
  /** Counts a try of the plan. Null if this run is over or its plan is stored. */
  startPlan(id: string, run: number): Promise<StartedPlan | null>;
  /** Stores plan, brief and chapters, all or nothing, unless there is a plan or the generation is over. */
  storePlan(id: string, planned: PlannedDay, call: EndedCall | null): Promise<GenerationNeeds>;
  /** Counts a try of a chapter. Null if this run is over or the chapter is stored. */
  startChapter(id: string, run: number, chapter: number): Promise<StartedChapter | null>;
  /**
   * Stores the texts and the count of written chapters, all or nothing, unless the chapter is stored or
   * the generation is over. The last chapter moves the generation to `publishing`. The other chapters
   * have jobs of their own and are not returned.
   */
  storeChapter(
    id: string,
    chapter: number,
    texts: readonly SlotText[],
    call: EndedCall | null,
  ): Promise<GenerationNeeds>;
  /**
   * Ends a try of a step, of this run unless it is null, as a failure if `counts`. Returns the number of
   * failures. Tries that never ended remain in `tries`.
   */
  endTry(step: StepRow, run: number | null, counts: boolean): Promise<number>;
  /** Positions of the chapters with text, in the order in which they were written, by generation. */
  writtenChapters(ids: readonly string[]): Promise<Map<string, number[]>>;
}
