import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, type ErrorCode, Temporal, TexasError } from '@texas-ai/kernel';
import {
  type AuthorCall,
  type CallUsage,
  chapterDraftSchema,
  chapterPrompt,
  planDraftSchema,
  planPrompt,
  promptVersion,
} from '@texas-ai/life';
import {
  buildChapterBrief,
  buildDayBrief,
  type FakeGemini,
  type GeminiBehaviour,
  startFakeGemini,
} from '@texas-ai/testing';
import { makeGeminiAuthor } from './gemini-author.js';

const apiKey = 'AIza-canary';
const clock: Clock = { now: () => Temporal.Instant.from('2026-11-23T20:00:00Z') };

let gemini: FakeGemini;
let billed: CallUsage[];

beforeEach(async () => {
  gemini = await startFakeGemini({ expectedKey: apiKey });
  billed = [];
});
afterEach(() => gemini.stop());

function author({ timeoutMs = 10_000, key = apiKey } = {}) {
  return makeGeminiAuthor({
    apiKey: key,
    model: 'gemini-test',
    baseUrl: gemini.url,
    timeoutMs,
    clock,
  });
}

function call(overrides: Partial<AuthorCall> = {}): AuthorCall {
  return {
    signal: new AbortController().signal,
    problems: [],
    onUsage: (usage) => billed.push(usage),
    ...overrides,
  };
}

async function failureOf(promise: Promise<unknown>): Promise<TexasError> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof TexasError)) throw new Error(`Not a TexasError: ${failure}`);
  return failure;
}

describe('makeGeminiAuthor', () => {
  test('says who it is', () => {
    const { name, model, version } = author();
    expect({ name, model, version }).toEqual({
      name: 'gemini',
      model: 'gemini-test',
      version: promptVersion,
    });
  });

  test('a plan: one call with the prompt and the schema, its answer parsed, its cost told', async () => {
    const brief = buildDayBrief();
    const draft = planDraftSchema.parse(await author().writePlan(brief, call()));
    expect(draft.items[0]?.start).toBe('07:00');
    expect(draft.items.at(-1)?.end).toBe('23:00');

    const [sent, ...more] = gemini.calls;
    expect(more).toEqual([]);
    expect(sent).toMatchObject({ model: 'gemini-test', apiKey, ...planPrompt(brief) });
    expect(sent?.body.generationConfig).toMatchObject({
      responseMimeType: 'application/json',
      responseJsonSchema: { properties: { items: { type: 'array' }, summary: { type: 'string' } } },
    });
    expect(billed).toEqual([{ inputTokens: expect.any(Number), outputTokens: expect.any(Number) }]);
    expect(billed[0]?.inputTokens).toBeGreaterThan(500);
    expect(billed[0]?.outputTokens).toBeGreaterThan(100);
  });

  test('a chapter: as many texts as slots', async () => {
    const brief = buildChapterBrief({ language: 'en' });
    const answer = await author().writeChapter(brief, call());
    expect(chapterDraftSchema.parse(answer).texts).toHaveLength(brief.slots.length);
    expect(gemini.calls[0]).toMatchObject(chapterPrompt(brief));
    expect(gemini.calls[0]?.body.generationConfig.responseJsonSchema.properties).toMatchObject({
      texts: { minItems: 8 },
    });
  });

  test('a re-ask quotes the problems', async () => {
    await author().writePlan(buildDayBrief(), call({ problems: ['items.3.title: empty'] }));
    expect(gemini.calls[0]?.user).toContain('items.3.title: empty');
  });

  test('texts that are too few are handed over for the caller to count', async () => {
    gemini.respondWith('wrongCount');
    const answer = await author().writeChapter(buildChapterBrief(), call());
    expect(chapterDraftSchema.parse(answer).texts).toHaveLength(7);
  });

  test.each<[GeminiBehaviour, ErrorCode, Record<string, unknown>, number]>([
    ['rateLimited', 'author_rate_limited', { status: 429, retryAfterMs: 2500, daily: false }, 0],
    [
      'dailyQuota',
      'author_rate_limited',
      { status: 429, retryAfterMs: 43_200_000, daily: true },
      0,
    ],
    ['serverError', 'author_http_error', { status: 500 }, 0],
    ['badKey', 'author_unauthorized', { status: 400 }, 0],
    ['html', 'author_invalid_output', {}, 0],
    ['truncated', 'author_invalid_output', {}, 1],
    ['invalidJson', 'author_invalid_output', {}, 1],
    ['blocked', 'author_blocked', { reason: 'PROHIBITED_CONTENT' }, 1],
  ])('%s: %s, asked once', async (behaviour, code, details, bills) => {
    gemini.respondWith(behaviour);
    const failure = await failureOf(author().writePlan(buildDayBrief(), call()));
    expect({ code: failure.code, details: failure.details }).toEqual({ code, details });
    expect(gemini.calls).toHaveLength(1);
    expect(billed).toHaveLength(bills);
  });

  test('the next call after a failure is answered', async () => {
    gemini.respondWith('serverError');
    const one = author();
    await failureOf(one.writePlan(buildDayBrief(), call()));
    expect(planDraftSchema.safeParse(await one.writePlan(buildDayBrief(), call())).success).toBe(
      true,
    );
  });

  test('a wrong key is refused and told nowhere', async () => {
    const failure = await failureOf(
      author({ key: 'AIza-wrong' }).writePlan(buildDayBrief(), call()),
    );
    expect(failure.code).toBe('author_unauthorized');
    expect(`${failure.stack} ${failure.cause}`).not.toContain('AIza-wrong');
  });

  test('no server', async () => {
    await gemini.stop();
    const failure = await failureOf(author().writePlan(buildDayBrief(), call()));
    expect(failure).toMatchObject({ code: 'author_unreachable', details: { sent: false } });
    gemini = await startFakeGemini();
  });

  test('a connection that breaks in the middle of a call, which may be billed', async () => {
    gemini.respondWith('reset');
    const failure = await failureOf(author().writePlan(buildDayBrief(), call()));
    expect(failure).toMatchObject({ code: 'author_unreachable', details: { sent: true } });
  });

  test('a call that hangs is given up after the time-out', async () => {
    gemini.respondWith('hang');
    const failure = await failureOf(author({ timeoutMs: 50 }).writePlan(buildDayBrief(), call()));
    expect(failure.code).toBe('author_timeout');
    expect(failure.details).toEqual({ timeoutMs: 50 });
  });

  test('an aborted call ends at once', async () => {
    gemini.respondWith('hang');
    const caller = new AbortController();
    const written = failureOf(author().writePlan(buildDayBrief(), call({ signal: caller.signal })));
    await gemini.called(1);
    caller.abort();
    expect((await written).code).toBe('aborted');
  });

  test('what is aborted already is never asked', async () => {
    const failure = await failureOf(
      author().writePlan(buildDayBrief(), call({ signal: AbortSignal.abort() })),
    );
    expect(failure.code).toBe('aborted');
    expect(gemini.calls).toEqual([]);
  });
});
