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

interface InstrumentDeps {
  /** Called after each call. */
  onCall(call: AuthorCallMeasurement): void;
  tracing: Pick<Tracing, 'span'>;
  budget: Pick<Budget, 'prices'>;
  clock: Clock;
}

/** The same authors, with metrics and a trace span for each call. */
export function instrumentAuthors(authors: Authors, deps: InstrumentDeps): Authors {
  return (name) => instrument(authors(name), deps);
}

function instrument(author: Author, { onCall, tracing, budget, clock }: InstrumentDeps): Author {
  async function measure<Call extends CallContext, Answer>(
    step: CallStep,
    call: Call,
    ask: (call: Call) => Promise<Answer>,
  ): Promise<Answer> {
    const startedAt = performance.now();
    let usage: CallUsage | null = null;
    const onUsage = (reported: CallUsage) => {
      usage = reported;
      call.onUsage(reported);
    };
    const report = (outcome: string) => {
      const model = pricedModel(budget.prices, author.model, usage?.model);
      const billed = usage && {
        ...usage,
        money: costOf(budget.prices, model, usage, clock.now()),
      };
      const seconds = (performance.now() - startedAt) / 1000;
      onCall({ author: author.name, model: model ?? '', step, outcome, seconds, billed });
    };
    try {
      const attributes = { 'texas.author': author.name, 'texas.model': author.model ?? '' };
      const answer = await tracing.span(`author ${step}`, attributes, () =>
        ask({ ...call, onUsage }),
      );
      report('answered');
      return answer;
    } catch (error) {
      report(asTexasError(error).code);
      throw error;
    }
  }
  return {
    ...author,
    writePlan: (brief, call) =>
      measure('plan-day', call, (measured) => author.writePlan(brief, measured)),
    writeChapter: (brief, call) =>
      measure('write-chapter', call, (measured) => author.writeChapter(brief, measured)),
    probe: (call) => measure('probe', call, author.probe),
  };
}
