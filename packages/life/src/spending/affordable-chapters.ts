import { type Clock, TexasError } from '@texas-ai/kernel';
import type { Author, AuthorName } from '../authoring/author.js';
import type { Generation } from '../generation/generation.js';
import type { Store } from '../store.js';
import { type Budget, type Expected, fewerChapters, hasCaps } from './budget.js';
import { budgetState, expectedGeneration } from './budget-state.js';

export interface AffordableChaptersDeps {
  store: Pick<Store, 'ledger'>;
  budget: Budget;
  /** The configured number of chapters per day. */
  chapters: number;
  clock: Clock;
}

/** The number of chapters that the budget allows for a day: fewer near a cap. Throws `budget_exhausted` above a cap. */
export async function affordableChapters(
  { store, budget, chapters, clock }: AffordableChaptersDeps,
  { chaptersWanted, character }: Generation,
  { name, fingerprint, model }: Author,
): Promise<number> {
  if (chaptersWanted !== null) return Math.min(chaptersWanted, chapters);
  if (fingerprint === null || !hasCaps(budget)) return chapters;
  const now = clock.now();
  const expected = await expectedGeneration(store.ledger, {
    budget,
    author: name,
    model,
    chapters,
    now,
  });
  const state = await budgetState(store.ledger, budget, [character], now);
  const known = expected.known || (await hasOthersInFlight(store.ledger, name, expected));
  switch (state.levelOf(character, { ...expected, known })) {
    case 'full':
      return chapters;
    case 'fewer-chapters':
      return fewerChapters(chapters);
    case 'offline':
      throw new TexasError('budget_exhausted', 'The budget has no room for another day.');
  }
}

/** Whether other days in flight will soon show what a day costs. */
async function hasOthersInFlight(
  ledger: Store['ledger'],
  author: AuthorName,
  own: Expected,
): Promise<boolean> {
  const { tokens } = await ledger.stillToSpend(author, own);
  return tokens > own.tokens;
}
