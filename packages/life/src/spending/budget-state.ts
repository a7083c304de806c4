import type { Temporal } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { type Amount, type Budget, type Expected, type Rung, rungOf, sumsOf } from './budget.js';
import { type LedgerRepository, sumName } from './ledger.js';
import { costOf } from './prices.js';

const lookBackDays = 14;

const aLittle: Amount = { tokens: 1, money: 0.000_001 };

/** What a call uses before there is any experience. */
const firstCall = { inputTokens: 6_000, outputTokens: 4_000 };

/** What a generation is expected to cost. */
export interface Expectation extends Expected {
  /** Whether that is known from others, or a guess. */
  known: boolean;
}

/** By what days used on average in the last two weeks, and what the model takes for it now. */
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

/** What was spent of the budget, and what has been set aside since it was looked at. */
export interface BudgetState {
  /** How a day of the character is written that is expected to cost so much. */
  rungOf(character: string, expected: Expectation): Rung;
  /** From here on this counts as spent as well; by everybody alone where no character is named. */
  setAside(character: string | null, amount: Expected): void;
}

/** Reads the sums of everybody and of these characters once. */
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
    rungOf(character, expected) {
      const capped = (sums.get(character) ?? sumsOf(budget, character, now)).map((sum) => ({
        cap: sum.cap,
        spent: of(sumName(sum)),
      }));
      const rung = rungOf(capped, expected, budget.near);
      // A guess forbids nobody the first day, from which more is known. The cap is kept call by call.
      const first = !expected.known && rungOf(capped, aLittle, budget.near) === 'full';
      return rung === 'offline' && first ? 'fewer-chapters' : rung;
    },
    setAside(character, { tokens, money }) {
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
