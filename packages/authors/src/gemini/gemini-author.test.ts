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
  type GeminiRefusal,
  startFakeGemini,
} from '@texas-ai/testing';
import { makeGeminiAuthor } from './gemini-author.js';

const apiKey = 'AQ.Ab8RN6canary-0123456789_xyz';
const clock: Clock = { now: () => Temporal.Instant.from('2026-11-23T20:00:00Z') };

let gemini: FakeGemini;
let billed: CallUsage[];

beforeEach(async () => {
  gemini = await startFakeGemini({ expectedKey: apiKey });
  billed = [];
});
afterEach(() => gemini.stop());

function author({ timeoutMs = 10_000, key = apiKey, model = 'gemini-test' } = {}) {
  return makeGeminiAuthor({
    apiKey: key,
    model,
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
  test('has a name, a model and a version', () => {
    const { name, model, version } = author();
    expect({ name, model, version }).toEqual({
      name: 'gemini',
      model: 'gemini-test',
      version: promptVersion,
    });
  });

  test('writes a plan in one call and reports its usage', async () => {
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
    expect(billed).toEqual([
      {
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        model: 'gemini-test',
      },
    ]);
    expect(billed[0]?.inputTokens).toBeGreaterThan(500);
    expect(billed[0]?.outputTokens).toBeGreaterThan(100);
  });

  test('writes as many texts as the chapter has slots', async () => {
    const brief = buildChapterBrief({ language: 'en' });
    const answer = await author().writeChapter(brief, call());
    expect(chapterDraftSchema.parse(answer).texts).toHaveLength(brief.slots.length);
    expect(gemini.calls[0]).toMatchObject(chapterPrompt(brief));
  });

  test.each([
    ['gemini-3.5-flash-lite', { thinkingConfig: { thinkingLevel: 'MINIMAL' } }],
    ['gemini-3.8-flash', { thinkingConfig: { thinkingLevel: 'LOW' } }],
    ['gemini-4-hydrogen', { thinkingConfig: { thinkingLevel: 'LOW' } }],
    ['gemini-2.5-flash', {}],
    ['an-unknown-model', {}],
  ])('sends %s only settings that it supports', async (model, extra) => {
    const one = author({ model });
    await one.writePlan(buildDayBrief(), call());
    await one.writeChapter(buildChapterBrief(), call({ problems: ['too short'] }));
    expect(gemini.calls).toHaveLength(2);
    for (const { body } of gemini.calls) {
      expect(body).toEqual({
        contents: [{ role: 'user', parts: [{ text: expect.any(String) }] }],
        systemInstruction: expect.anything(),
        generationConfig: {
          responseMimeType: 'application/json',
          responseJsonSchema: expect.anything(),
          ...extra,
        },
      });
      expect(JSON.stringify(body.generationConfig)).not.toMatch(/"(min|max)|pattern/);
    }
  });

  test('sends the key only in a header', async () => {
    await author().writePlan(buildDayBrief(), call());
    expect(gemini.calls).toMatchObject([{ apiKey, otherCredentials: false }]);
  });

  test('treats an answer that could be continued as truncated, without a further call', async () => {
    gemini.respondWith('continuation');
    const failure = await failureOf(author().writePlan(buildDayBrief(), call()));
    expect(failure.code).toBe('author_output_truncated');
    expect(gemini.calls).toHaveLength(1);
  });

  test('reports the model that was used', async () => {
    gemini.serveAs('gemini-3.5-flash-lite');
    await author({ model: 'gemini-2.5-flash' }).writePlan(buildDayBrief(), call());
    expect(billed).toMatchObject([{ model: 'gemini-3.5-flash-lite' }]);
  });

  test('quotes the problems of the previous answer', async () => {
    await author().writePlan(buildDayBrief(), call({ problems: ['items.3.title: empty'] }));
    expect(gemini.calls[0]?.user).toContain('items.3.title: empty');
  });

  test('does not count the texts itself', async () => {
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
    ['overloaded', 'author_overloaded', { status: 503 }, 0],
    ['badKey', 'author_unauthorized', { status: 400 }, 0],
    ['expiredKey', 'author_unauthorized', { status: 400 }, 0],
    ['leakedKey', 'author_unauthorized', { status: 403 }, 0],
    ['blockedKey', 'author_unauthorized', { status: 403 }, 0],
    ['noFreeQuota', 'author_quota_unavailable', { status: 429 }, 0],
    ['spendingCap', 'author_balance_exhausted', { status: 429 }, 0],
    ['noCredits', 'author_balance_exhausted', { status: 429 }, 0],
    ['paymentRequired', 'author_balance_exhausted', { status: 402 }, 0],
    ['location', 'author_location_unsupported', { status: 400 }, 0],
    ['html', 'author_invalid_output', {}, 0],
    ['truncated', 'author_output_truncated', { reason: 'MAX_TOKENS' }, 1],
    ['onlyThoughts', 'author_output_truncated', { reason: 'MAX_TOKENS' }, 1],
    ['invalidJson', 'author_invalid_output', {}, 1],
    ['blocked', 'author_blocked', { reason: 'PROHIBITED_CONTENT' }, 1],
  ])('%s: %s after one call', async (behaviour, code, details, bills) => {
    gemini.respondWith(behaviour);
    const failure = await failureOf(author().writePlan(buildDayBrief(), call()));
    expect({ code: failure.code, details: failure.details }).toEqual({ code, details });
    expect(gemini.calls).toHaveLength(1);
    expect(billed).toHaveLength(bills);
  });

  test('can be called again after a failure', async () => {
    gemini.respondWith('serverError');
    const one = author();
    await failureOf(one.writePlan(buildDayBrief(), call()));
    expect(planDraftSchema.safeParse(await one.writePlan(buildDayBrief(), call())).success).toBe(
      true,
    );
  });

  test.each(['AIza-wrong', 'AQ.wrong'])(
    'a wrong key (%s) does not appear in the failure',
    async (key) => {
      const failure = await failureOf(author({ key }).writePlan(buildDayBrief(), call()));
      expect(failure.code).toBe('author_unauthorized');
      expect(`${failure.stack} ${failure.cause}`).not.toContain(key);
    },
  );

  test('an unreachable server', async () => {
    await gemini.stop();
    const failure = await failureOf(author().writePlan(buildDayBrief(), call()));
    expect(failure).toMatchObject({ code: 'author_unreachable', details: { sent: false } });
    gemini = await startFakeGemini();
  });

  test('a connection that breaks during a call, which may be billed', async () => {
    gemini.respondWith('reset');
    const failure = await failureOf(author().writePlan(buildDayBrief(), call()));
    expect(failure).toMatchObject({ code: 'author_unreachable', details: { sent: true } });
  });

  test('a call that hangs ends after the time limit', async () => {
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

  test('makes no call if already aborted', async () => {
    const failure = await failureOf(
      author().writePlan(buildDayBrief(), call({ signal: AbortSignal.abort() })),
    );
    expect(failure.code).toBe('aborted');
    expect(gemini.calls).toEqual([]);
  });

  describe('an unavailable model', () => {
    const refusedBy = async (refusal: GeminiRefusal, model = 'gemini-2.5-flash') => {
      gemini.refuse(refusal);
      return failureOf(author({ model }).writePlan(buildDayBrief(), call()));
    };

    test('is reported with the provider’s message, the available models and advice', async () => {
      const { code, message, details } = await refusedBy('newUser');
      expect(code).toBe('author_model_unavailable');
      expect(message).toMatch(
        /^Gemini does not offer the model “gemini-2\.5-flash” to this key \(HTTP 404: “This model models\/gemini-2\.5-flash is no longer available to new users\..*”\); the models for this key are gemini-3\.5-flash-lite, gemini-3\.8-flash, gemini-3\.1-flash-lite; set GEMINI_MODEL to one of them, for example gemini-3\.5-flash-lite, and restart\.$/,
      );
      expect(message).not.toContain('gemini-embedding');
      expect(details).toMatchObject({ status: 404, model: 'gemini-2.5-flash' });
      expect(gemini.listings()).toBe(1);
      expect(billed).toEqual([]);
    });

    test.each(['retiredModel', 'unknownModel'] as const)('is reported for %s', async (refusal) => {
      expect((await refusedBy(refusal)).code).toBe('author_model_unavailable');
    });

    test('is reported with the successor that the provider names, if available', async () => {
      const successor = 'gemini-3.5-flash-lite';
      expect((await refusedBy('retiredModel', 'gemini-3.1-flash-lite')).message).toContain(
        `for example ${successor},`,
      );
    });

    test('is reported with other text models, but no unknown one as the example', async () => {
      await gemini.stop();
      const others = [
        'image',
        'preview-tts',
        'native-audio',
        'live-preview',
        'computer-use-preview',
      ];
      const models = ['gemini-9-new', ...others.map((kind) => `gemini-9-${kind}`)];
      gemini = await startFakeGemini({ expectedKey: apiKey, models });
      const { message } = await refusedBy('newUser');
      expect(message).toMatch(
        /the models for this key are gemini-9-new; set GEMINI_MODEL to one of them and restart\.$/,
      );
    });

    test('is reported without other models if they cannot be listed', async () => {
      gemini.failListings(500);
      const { message } = await refusedBy('newUser');
      expect(message).toMatch(
        /”\); set GEMINI_MODEL to a model that the key can use, for example \S+, and restart\.$/,
      );
    });

    test('is reported without the key that the provider’s message contains', async () => {
      const { message, cause } = await refusedBy('newUser', `gemini ${apiKey}`);
      expect(`${message} ${cause}`).toContain('no longer available');
      expect(String(cause)).not.toContain(apiKey);
    });
  });

  describe('a probe', () => {
    test('is one small, billed call with the usual settings', async () => {
      await author({ model: 'gemini-3.8-flash' }).probe(call());
      expect([gemini.probes(), gemini.calls.length, gemini.listings()]).toEqual([1, 0, 0]);
      expect(billed).toMatchObject([{ inputTokens: expect.any(Number) }]);
      expect(billed[0]?.inputTokens).toBeLessThan(50);
    });

    test.each(['newUser', 'leakedKey', 'noFreeQuota'] as const)(
      'fails like any call (%s)',
      async (refusal) => {
        gemini.refuse(refusal);
        const failure = await failureOf(author().probe(call()));
        gemini.respondWith(refusal);
        const met = await failureOf(author().writePlan(buildDayBrief(), call()));
        expect(failure.code).toBe(met.code);
      },
    );
  });
});
