import { type AskAuthorDeps, askAuthor, type Checked } from '../authoring/ask-author.js';
import type { Authors } from '../authoring/author.js';
import type { Slot } from '../day/plan.js';
import { checkChapter } from '../drafting/chapter-rules.js';
import type { SlotText } from '../drafting/draft.js';
import { readChapterDraft } from '../drafting/read-draft.js';
import type { Store } from '../store.js';
import { subjectOf } from './brief-day.js';
import type { OnProgress } from './progress.js';
import { assertNotStalled } from './retry-policy.js';
import { enqueueNext, type StepQueue } from './steps.js';

export interface WriteChapterDeps extends AskAuthorDeps {
  store: Pick<Store, 'generations' | 'checkpoints'>;
  steps: StepQueue;
  authors: Authors;
  onProgress: OnProgress;
}

/**
 * The step write-chapter: the author writes one text per slot; the experiences and the count of written
 * chapters are stored in one transaction. The last chapter of a day enqueues publish-day.
 * Throws the author's failures, `author_invalid_output`, `step_stalled`, `storage_unavailable`.
 */
export async function writeChapter(
  deps: WriteChapterDeps,
  { generationId, run, chapter }: { generationId: string; run: number; chapter: number },
  signal: AbortSignal,
): Promise<void> {
  const { generations, checkpoints } = deps.store;
  const started = await checkpoints.startChapter(generationId, run, chapter);
  if (!started) return enqueueNext(deps.steps, await generations.needs(generationId));
  const { generation, tries, profile, brief: stored, plan, slots } = started;
  assertNotStalled(tries);
  const chapters = generation.chapters.total;
  const brief = { ...subjectOf(profile, generation), ...stored, plan, chapter, chapters, slots };
  const author = deps.authors(generation.author);
  const needs = await askAuthor(
    deps,
    {
      generation,
      step: 'write-chapter',
      chapter,
      author,
      plannedCalls: 1 + chapters,
      ask: (call) => author.writeChapter(brief, call),
      check: (answer) => checkTexts(answer, slots),
      store: (texts, call) => checkpoints.storeChapter(generationId, chapter, texts, call),
    },
    signal,
  );
  deps.onProgress(generationId);
  await enqueueNext(deps.steps, needs);
}

function checkTexts(answer: unknown, slots: readonly Slot[]): Checked<SlotText[]> {
  const draft = readChapterDraft(answer);
  if (draft.problems) return draft;
  const { texts, problems } = checkChapter(draft.value, slots);
  return problems.length > 0 ? { problems } : { value: texts };
}
