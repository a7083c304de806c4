import { asTexasError, type Clock } from '@texas-ai/kernel';
import {
  type Author,
  type Authors,
  type Budget,
  type CallContext,
  type CallStep,
  type CallUsage,
  costOf,
  pricedModel,
} from '@texas-ai/life';
import type { AuthorCallMeasurement, Tracing } from '@texas-ai/telemetry';

interface Observing {
  /** Told of every call that is over. */
  seen(call: AuthorCallMeasurement): void;
  tracing: Pick<Tracing, 'span'>;
  budget: Pick<Budget, 'prices'>;
  clock: Clock;
}

/** The same authors, each of whose calls is measured, and a span of its trace. */
export function observedAuthors(authors: Authors, observing: Observing): Authors {
  return (name) => observed(authors(name), observing);
}

function observed(author: Author, { seen, tracing, budget, clock }: Observing): Author {
  async function observe<Call extends CallContext, Answer>(
    step: CallStep,
    call: Call,
    ask: (call: Call) => Promise<Answer>,
  ): Promise<Answer> {
    const began = performance.now();
    let usage: CallUsage | null = null;
    const onUsage = (told: CallUsage) => {
      usage = told;
      call.onUsage(told);
    };
    const tell = (outcome: string) => {
      const model = pricedModel(budget.prices, author.model, usage?.model);
      const billed = usage && {
        ...usage,
        money: costOf(budget.prices, model, usage, clock.now()),
      };
      const seconds = (performance.now() - began) / 1000;
      seen({ author: author.name, model: model ?? '', step, outcome, seconds, billed });
    };
    try {
      const attributes = { 'texas.author': author.name, 'texas.model': author.model ?? '' };
      const answer = await tracing.span(`author ${step}`, attributes, () =>
        ask({ ...call, onUsage }),
      );
      tell('answered');
      return answer;
    } catch (error) {
      tell(asTexasError(error).code);
      throw error;
    }
  }
  return {
    ...author,
    writePlan: (brief, call) =>
      observe('plan-day', call, (observed) => author.writePlan(brief, observed)),
    writeChapter: (brief, call) =>
      observe('write-chapter', call, (observed) => author.writeChapter(brief, observed)),
    probe: (call) => observe('probe', call, author.probe),
  };
}
