import { TexasError } from '@texas-ai/kernel';
import { type AskAuthorDeps, askAuthor, type Checked } from '../authoring/ask-author.js';
import type { Authors } from '../authoring/author.js';
import { holding } from '../authoring/store-with-retry.js';
import type { ChapterBrief } from '../day/brief.js';
import { checkChapter } from '../drafting/chapter-rules.js';
import type { SlotText } from '../drafting/draft.js';
import { readChapterDraft } from '../drafting/read-draft.js';
import type { Store } from '../store.js';
import { continueGeneration } from './continue-generation.js';
import type { OnProgress } from './progress.js';
import { assertNotStalled, publishDayStep, type StepQueue } from './steps.js';

export interface WriteChapterDeps extends AskAuthorDeps {
  store: Store;
  steps: StepQueue;
  authors: Authors;
  onProgress: OnProgress;
}

/**
 * The step write-chapter: has the author write one text per slot and stores experiences and the
 * count of written chapters in one transaction. Whoever finds it full enqueues publish-day.
 * Throws the author's failures, `author_invalid_output`, `step_stalled`, `storage_unavailable`.
 */
export async function writeChapter(
  deps: WriteChapterDeps,
  { generationId, run, chapter }: { generationId: string; run: number; chapter: number },
  signal: AbortSignal,
): Promise<void> {
  const begun = await deps.store.generations.beginChapter(generationId, run, chapter);
  if (!begun) return continueGeneration(deps, generationId);
  const { generation, tries, brief: stored, plan, slots } = begun;
  assertNotStalled(tries);
  const profile = await deps.store.characters.find(generation.character);
  if (!profile) {
    throw new TexasError('character_not_found', `“${generation.character}” has no profile.`);
  }
  const author = deps.authors(generation.author);
  const chapters = generation.chapters.total;
  const { date, ordinal } = generation;
  const brief: ChapterBrief = { ...stored, profile, date, ordinal, plan, chapter, chapters, slots };

  const texts = await askAuthor(
    deps,
    { generation, step: 'write-chapter', chapter, author, plannedCalls: 1 + chapters },
    signal,
    (call) => author.writeChapter(brief, call),
    (answer) => checkTexts(answer, brief),
  );
  const current = await holding(deps, signal, () =>
    deps.store.generations.storeChapter(generationId, chapter, texts),
  );
  deps.onProgress(generationId);
  if (current.status === 'publishing') await deps.steps.enqueue([publishDayStep(current)]);
}

function checkTexts(answer: unknown, brief: ChapterBrief): Checked<SlotText[]> {
  const draft = readChapterDraft(answer);
  if (draft.problems) return draft;
  const { texts, problems } = checkChapter(draft.value, brief.slots);
  return problems.length > 0 ? { problems } : { value: texts };
}
