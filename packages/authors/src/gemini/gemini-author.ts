import { createHash } from 'node:crypto';
import type { GoogleGenAI } from '@google/genai';
import { type Clock, systemClock, TexasError } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorCall,
  chapterPrompt,
  type DayBrief,
  type Prompt,
  planPrompt,
  promptVersion,
  withProblems,
} from '@texas-ai/life';
import { cancellation } from './cancellation.js';
import { classifyFailure } from './classify-failure.js';
import { type Answer, readAnswer, usageOf } from './read-answer.js';
import { chapterResponseSchema, type JsonSchema, planResponseSchema } from './response-schema.js';

export interface GeminiOptions {
  apiKey: string;
  /** For example `gemini-2.5-flash`. */
  model: string;
  /** Where Gemini's interface is found; null or absent for Google's own. */
  baseUrl?: string | null;
  /** Milliseconds until a call is given up. */
  timeoutMs: number;
  /** Tells how long it is until the quota of the day comes back. */
  clock?: Clock;
}

const googleUrl = 'https://generativelanguage.googleapis.com';

/**
 * Writes with Gemini: one call for a plan and one for each chapter, answered as JSON of the drafts'
 * schemas. It never retries. The library is loaded with the first call.
 */
export function makeGeminiAuthor(options: GeminiOptions): Author {
  const { apiKey, model, timeoutMs, clock = systemClock } = options;
  let client: Promise<GoogleGenAI> | undefined;

  async function connect(): Promise<GoogleGenAI> {
    const { GoogleGenAI } = await import('@google/genai');
    const baseUrl = options.baseUrl ?? googleUrl;
    // Both are said outright, since the library would otherwise take them from the environment.
    return new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl } });
  }

  async function modelsOf() {
    client ??= connect();
    return (await client).models;
  }

  async function generate(
    prompt: Prompt,
    schema: JsonSchema,
    signal: AbortSignal,
  ): Promise<Answer> {
    const models = await modelsOf();
    return models.generateContent({
      model,
      contents: prompt.user,
      config: {
        abortSignal: signal,
        systemInstruction: prompt.system,
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
      },
    });
  }

  async function ask(
    prompt: Prompt,
    schema: JsonSchema,
    { profile }: DayBrief,
    call: AuthorCall,
  ): Promise<unknown> {
    const question = withProblems(prompt, call.problems, profile.language);
    return classified(call.signal, async (signal) => {
      const answer = await generate(question, schema, signal);
      const usage = usageOf(answer);
      if (usage) call.onUsage(usage);
      return readAnswer(answer);
    });
  }

  /** Within the time limit; every failure has one of our codes. */
  async function classified<T>(
    caller: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const cancelled = cancellation(caller, timeoutMs);
    try {
      cancelled.throwIfCancelled();
      return await work(cancelled.signal);
    } catch (failure) {
      if (!(failure instanceof TexasError)) cancelled.throwIfCancelled();
      throw classifyFailure(failure, { now: clock.now(), apiKey });
    } finally {
      cancelled.release();
    }
  }

  return {
    name: 'gemini',
    model,
    version: promptVersion,
    fingerprint: createHash('sha256').update(apiKey).digest('hex').slice(0, 12),
    writePlan: (brief, call) => ask(planPrompt(brief), planResponseSchema(), brief, call),
    writeChapter: (brief, call) =>
      ask(chapterPrompt(brief), chapterResponseSchema(brief.slots.length), brief, call),
    probe: (signal) =>
      classified(signal, async (abortSignal) => {
        const models = await modelsOf();
        await models.get({ model, config: { abortSignal } });
      }),
  };
}
