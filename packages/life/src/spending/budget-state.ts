import type { Temporal } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import {
  type Amount,
  type Budget,
  type BudgetLevel,
  type Expected,
  levelOf,
  sumsOf,
} from './budget.js';
import { type LedgerRepository, sumName } from './ledger.js';
import { costOf } from './prices.js';

const lookBackDays = 14;

const minAmount: Amount = { tokens: 1, money: 0.000_001 };

/** The expected usage before any call has ended. */
const firstCall = { inputTokens: 6_000, outputTokens: 4_000 };

/** The expected cost of a generation. */
export interface Expectation extends Expected {
  /** True if it is derived from other days, false if it is a guess. */
  known: boolean;
}

/** The average usage of a day in the last two weeks, at the model's current price. */
export async function expectedGeneration(
  ledger: Pick<LedgerRepository, 'averageGeneration'>,
  forecast: {
    budget: Budget;
    author: AuthorName;
    model: string | null;
    chapters: number;
    now: Temporal.Instant;
  },
): Promise<Expectation> {
  const { budget, author, model, chapters, now } = forecast;
  const since = now.subtract({ hours: 24 * lookBackDays });
  const seen = await ledger.averageGeneration(author, since);
  const calls = 1 + chapters;
  const usage = seen ?? {
    inputTokens: calls * firstCall.inputTokens,
    outputTokens: calls * firstCall.outputTokens,
  };
  return {
    tokens: usage.inputTokens + usage.outputTokens,
    money: costOf(budget.prices, model, usage, now),
    known: seen !== null,
  };
}

/** The budget that was spent when it was read, plus the amounts reserved since. */
export interface BudgetState {
  /** How a day of this expected cost is written. */
  levelOf(character: string, expected: Expectation): BudgetLevel;
  /** Counts an amount as spent by the character and by everybody, or only by everybody if `character` is null. */
  reserve(character: string | null, amount: Expected): void;
}

/** Reads the sums of these characters and of everybody. */
export async function budgetState(
  ledger: Pick<LedgerRepository, 'spent'>,
  budget: Budget,
  characters: readonly string[],
  now: Temporal.Instant,
): Promise<BudgetState> {
  const sums = new Map(characters.map((each) => [each, sumsOf(budget, each, now)]));
  const spent = await ledger.spent([...sums.values()].flat());
  const of = (name: string) => spent.get(name) ?? { tokens: 0, money: 0 };
  return {
    levelOf(character, expected) {
      const capped = (sums.get(character) ?? sumsOf(budget, character, now)).map((sum) => ({
        cap: sum.cap,
        spent: of(sumName(sum)),
      }));
      const level = levelOf(capped, expected, budget.near);
      // A guess does not forbid the first day, which shows the real cost. Each call still respects the cap.
      const first = !expected.known && levelOf(capped, minAmount, budget.near) === 'full';
      return level === 'offline' && first ? 'fewer-chapters' : level;
    },
    reserve(character, { tokens, money }) {
      const scopes = character === null ? [''] : ['', character];
      const touched = sumsOf(budget, character ?? '', now).filter((sum) =>
        scopes.includes(sum.scope),
      );
      for (const name of new Set(touched.map(sumName))) {
        const before = of(name);
        spent.set(name, { tokens: before.tokens + tokens, money: before.money + (money ?? 0) });
      }
    },
  };
}
