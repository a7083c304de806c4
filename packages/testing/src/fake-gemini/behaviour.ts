import { type GeminiRefusal, isRefusal, refusals } from './refusals.js';
import type { GeminiCall } from './request.js';
import * as responses from './responses.js';
import { fakeChapter, fakePlan } from './text.js';

/**
 * The response to a call. `rateLimited` names 2.5 s by default; `hang` does not respond until the server stops; `reset`
 * resets the connection; `html` is a page with status 200; `wrongCount` lacks one text, or all items of a plan;
 * `truncated` ends within the text, `onlyThoughts` before it; `continuation` offers to continue in another call.
 */
export type GeminiBehaviour =
  | GeminiRefusal
  | 'ok'
  | 'rateLimited'
  | 'dailyQuota'
  | 'serverError'
  | 'overloaded'
  | 'hang'
  | 'reset'
  | 'truncated'
  | 'onlyThoughts'
  | 'continuation'
  | 'invalidJson'
  | 'html'
  | 'wrongCount'
  | 'blocked';

/** Returns the response to a call; undefined for none at all, null to reset the connection. */
export function behave(
  behaviour: GeminiBehaviour,
  call: GeminiCall,
  { retryDelay, model }: { retryDelay: string; model: string },
): responses.HttpResponse | null | undefined {
  if (isRefusal(behaviour)) return refusals[behaviour](call.model);
  const prompt = `${call.system}\n${call.user}`;
  const good = () => JSON.stringify(write(call, prompt, 0));
  const say = (text: string, more: Partial<responses.Written> = {}) =>
    responses.written({ text, prompt, model, ...more });
  switch (behaviour) {
    case 'ok':
      return say(good());
    case 'wrongCount':
      return say(JSON.stringify(write(call, prompt, 1)));
    case 'truncated': {
      const text = good();
      return say(text.slice(0, text.length / 2), { finishReason: 'MAX_TOKENS' });
    }
    case 'onlyThoughts':
      return say('', { finishReason: 'MAX_TOKENS', thoughts: 65_536 });
    case 'continuation':
      return say(good(), { finishReason: 'CONTINUATION' });
    case 'invalidJson':
      return say(good().slice(1));
    case 'html':
      return responses.htmlPage();
    case 'blocked':
      return responses.blocked(prompt);
    case 'rateLimited':
      return responses.rateLimited(retryDelay);
    case 'dailyQuota':
      return responses.dailyQuota();
    case 'serverError':
      return responses.serverError();
    case 'overloaded':
      return responses.overloaded();
    case 'hang':
      return undefined;
    case 'reset':
      return null;
  }
}

/** Returns what the schema asks for, texts or a plan, without the last `short` texts or all items. */
function write({ body }: GeminiCall, prompt: string, short: 0 | 1): unknown {
  const { texts } = body.generationConfig.responseJsonSchema.properties;
  if (texts) return fakeChapter(prompt, short);
  const plan = fakePlan(prompt);
  return short === 0 ? plan : { ...plan, items: [] };
}
