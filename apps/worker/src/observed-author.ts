import { asTexasError } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorCall,
  type Authors,
  type Budget,
  type CallStep,
  type CallUsage,
  priceOf,
} from '@texas-ai/life';
import type { AuthorCallSeen, Tracing } from '@texas-ai/telemetry';

interface Observing {
  /** Told of every call that is over. */
  seen(call: AuthorCallSeen): void;
  tracing: Pick<Tracing, 'span'>;
  budget: Pick<Budget, 'prices'>;
}

/** The same authors, each of whose calls is measured, and a span of its trace. */
export function observedAuthors(authors: Authors, observing: Observing): Authors {
  return (name) => observed(authors(name), observing);
}

function observed(author: Author, { seen, tracing, budget }: Observing): Author {
  async function observe<Brief>(
    step: CallStep,
    ask: (brief: Brief, call: AuthorCall) => Promise<unknown>,
    brief: Brief,
    call: AuthorCall,
  ): Promise<unknown> {
    const began = performance.now();
    let usage: CallUsage | null = null;
    const onUsage = (told: CallUsage) => {
      usage = told;
      call.onUsage(told);
    };
    const tell = (outcome: string) => {
      const billed = usage && { ...usage, money: priceOf(budget, author.model, usage) };
      const seconds = (performance.now() - began) / 1000;
      seen({ author: author.name, model: author.model ?? '', step, outcome, seconds, billed });
    };
    try {
      const attributes = { 'texas.author': author.name, 'texas.model': author.model ?? '' };
      const answer = await tracing.span(`author ${step}`, attributes, () =>
        ask(brief, { ...call, onUsage }),
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
    writePlan: (brief, call) => observe('plan-day', author.writePlan, brief, call),
    writeChapter: (brief, call) => observe('write-chapter', author.writeChapter, brief, call),
  };
}
