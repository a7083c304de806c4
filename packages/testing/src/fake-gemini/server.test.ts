import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  chapterDraftSchema,
  chapterPrompt,
  languages,
  type Prompt,
  planDraftSchema,
  planPrompt,
  repairPlan,
} from '@texas-ai/life';
import { z } from 'zod';
import { buildChapterBrief, buildDayBrief, buildSlots } from '../builders.js';
import type { GeminiBehaviour } from './behaviour.js';
import { type FakeGemini, startFakeGemini } from './server.js';

let gemini: FakeGemini;
beforeEach(async () => {
  gemini = await startFakeGemini();
});
afterEach(() => gemini.stop());

function post(prompt: Prompt, properties: Record<string, object>, key = 'any'): Promise<Response> {
  return fetch(`${gemini.url}/v1beta/models/gemini-test:generateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
    body: JSON.stringify({
      contents: [{ role: 'user', parts: [{ text: prompt.user }] }],
      systemInstruction: { parts: [{ text: prompt.system }] },
      generationConfig: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties },
      },
    }),
  });
}

const part = z.object({ text: z.string() });
const candidate = z.object({ content: z.object({ parts: z.tuple([part]) }) });
const answerSchema = z.object({ candidates: z.tuple([candidate]) });

async function textOf(response: Response): Promise<string> {
  const answer = answerSchema.parse(await response.json());
  return answer.candidates[0].content.parts[0].text;
}

const planProperties = { summary: { type: 'string' }, items: { type: 'array' } };
const askPlan = (prompt: Prompt, key?: string) => post(prompt, planProperties, key);
const askTexts = (prompt: Prompt) => post(prompt, { texts: { type: 'array' } });

describe.each(languages)('a good answer in %s', (language) => {
  test.each(['workday', 'weekend'] as const)(
    'is a plan for a %s that needs no mending',
    async (dayType) => {
      const brief = buildDayBrief({ language, dayType, wake: 6 * 60 + 23, sleep: 22 * 60 + 51 });
      const draft = planDraftSchema.parse(
        JSON.parse(await textOf(await askPlan(planPrompt(brief)))),
      );
      expect(repairPlan(draft, brief)).toMatchObject({ repairs: [], refusals: [] });
      expect(/[\u4e00-\u9fff]/.test(JSON.stringify(draft))).toBe(language === 'zh');
      expect(draft.items.filter(({ category }) => category === 'work')).toHaveLength(
        dayType === 'workday' ? 4 : 0,
      );
      const names = brief.profile.companions.map(({ name }) => name);
      const company = draft.items.flatMap(({ companions }) => companions);
      expect(company.length).toBeGreaterThan(0);
      expect(names).toEqual(expect.arrayContaining(company));
    },
  );

  test('is one text per slot, with a message exactly where one is wanted', async () => {
    const brief = buildChapterBrief({ language });
    const slots = buildSlots(brief.plan, [3, 4, 5]);
    const prompt = chapterPrompt({ ...brief, slots, chapter: 1 });
    const { texts } = chapterDraftSchema.parse(JSON.parse(await textOf(await askTexts(prompt))));
    expect(texts.map(({ interaction }) => interaction !== null)).toEqual(
      slots.map(({ wantsInteraction }) => wantsInteraction),
    );
    expect(texts[0]?.content).toMatch(language === 'zh' ? /[\u4e00-\u9fff]/ : /^[ -~]+$/);
  });

  test('is the same for the same prompt and another for another', async () => {
    const ask = async (date: string) =>
      textOf(await askPlan(planPrompt(buildDayBrief({ language, date }))));
    expect(await ask('2026-11-23')).toBe(await ask('2026-11-23'));
    expect(await ask('2026-11-23')).not.toBe(await ask('2026-11-24'));
  });
});

describe('the script', () => {
  const prompt = planPrompt(buildDayBrief());

  test('responds in the given order, then normally again, and records all calls', async () => {
    gemini.respondWith('serverError', 'rateLimited');
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await askPlan(prompt, `key-${n}`)).status);
    expect(statuses).toEqual([500, 429, 200]);
    expect(gemini.calls.map(({ model, apiKey }) => [model, apiKey])).toEqual([
      ['gemini-test', 'key-0'],
      ['gemini-test', 'key-1'],
      ['gemini-test', 'key-2'],
    ]);
    expect(gemini.calls[0]).toMatchObject(prompt);
  });

  test.each<[GeminiBehaviour, number, RegExp]>([
    ['rateLimited', 429, /PerMinute.*"retryDelay":"2.5s"/],
    ['dailyQuota', 429, /PerDay/],
    ['serverError', 500, /INTERNAL/],
    ['badKey', 400, /API_KEY_INVALID/],
    ['blocked', 200, /"blockReason":"PROHIBITED_CONTENT"/],
    ['html', 200, /^<html>/],
    ['truncated', 200, /"finishReason":"MAX_TOKENS"/],
    ['onlyThoughts', 200, /"content":{"role":"model"},"finishReason":"MAX_TOKENS".*65536/],
    ['overloaded', 503, /high demand.*UNAVAILABLE/],
    ['newUser', 404, /models\/gemini-test is no longer available to new users.*NOT_FOUND/],
    ['noFreeQuota', 429, /limit: 0, model: gemini-test.*PerDay.*"retryDelay":"38s"/],
    ['paymentRequired', 402, /prepayment credits/],
    ['wrongCount', 200, /\\"items\\":\[\]/],
  ])('%s', async (behaviour, status, body) => {
    gemini.respondWith(behaviour);
    const response = await askPlan(prompt);
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(body);
  });

  test.each<GeminiBehaviour>(['truncated', 'invalidJson'])('%s is no JSON', async (behaviour) => {
    gemini.respondWith(behaviour);
    const text = await textOf(await askPlan(prompt));
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  test('a wrong count is one text short', async () => {
    gemini.respondWith('wrongCount');
    const text = await textOf(await askTexts(chapterPrompt(buildChapterBrief())));
    expect(JSON.parse(text).texts).toHaveLength(7);
  });

  test('a call that hangs ends when the server stops', async () => {
    gemini.respondWith('hang');
    const asked = askPlan(prompt);
    await gemini.called(1);
    await gemini.stop();
    await expect(asked).rejects.toThrow('fetch failed');
    gemini = await startFakeGemini();
  });
});

describe('what today’s models refuse', () => {
  const refusedWith = async (model: string, generationConfig: object, role = 'user') => {
    const response = await fetch(`${gemini.url}/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      body: JSON.stringify({
        contents: [{ role, parts: [{ text: 'Plan.' }] }],
        generationConfig: {
          responseMimeType: 'application/json',
          responseJsonSchema: { properties: { items: { type: 'array' } } },
          ...generationConfig,
        },
      }),
    });
    return [response.status, await response.text()];
  };
  const thinking = (thinkingLevel: string) => ({ thinkingConfig: { thinkingLevel } });

  test('is a thinking level that a model does not have', async () => {
    const refused = [400, expect.stringContaining("'minimal' is not a supported thinking level")];
    expect(await refusedWith('gemini-3.8-flash', thinking('MINIMAL'))).toEqual(refused);
    expect((await refusedWith('gemini-3.8-flash', thinking('LOW')))[0]).toBe(200);
    expect((await refusedWith('gemini-3.5-flash-lite', thinking('MINIMAL')))[0]).toBe(200);
  });

  test('is a turn of the model at the end, and bounds in a schema', async () => {
    expect((await refusedWith('m', {}, 'model'))[1]).toContain('ending with a model turn');
    const bounded = { properties: { items: { type: 'array', maxItems: 3 } } };
    expect((await refusedWith('m', { responseJsonSchema: bounded }))[1]).toContain(
      'too many states',
    );
  });
});

test('a wrong key, another path and a body that is no request are refused', async () => {
  const guarded = await startFakeGemini({ expectedKey: 'right', latencyMs: 1 });
  const url = `${guarded.url}/v1beta/models/m:generateContent`;
  const body = JSON.stringify({
    contents: [],
    generationConfig: {
      responseMimeType: 'application/json',
      responseJsonSchema: { properties: {} },
    },
  });
  const statusWith = async (key: string, sent = body) =>
    (await fetch(url, { method: 'POST', headers: { 'x-goog-api-key': key }, body: sent })).status;
  expect(await statusWith('right')).toBe(200);
  expect(await statusWith('wrong')).toBe(400);
  expect(await statusWith('right', '{}')).toBe(500);
  expect((await fetch(`${guarded.url}/v1/other`)).status).toBe(404);
  await guarded.stop();
});
