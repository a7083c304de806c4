import { createHash } from 'node:crypto';
import type { GenerateContentConfig, GoogleGenAI } from '@google/genai';
import { type Clock, systemClock, TexasError } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorCall,
  type CallContext,
  chapterPrompt,
  type DayBrief,
  type Prompt,
  planPrompt,
  promptVersion,
  withProblems,
} from '@texas-ai/life';
import { cancellation } from './cancellation.js';
import { classifyFailure } from './classify-failure.js';
import { modelUnavailable, refusedModelSchema } from './model-unavailable.js';
import { type Answer, readAnswer, usageOf } from './read-answer.js';
import {
  chapterResponseSchema,
  type JsonSchema,
  planResponseSchema,
  probeResponseSchema,
} from './response-schema.js';
import { thinkingLevelOf } from './thinking.js';
import { usableModels } from './usable-models.js';

export interface GeminiOptions {
  apiKey: string;
  /** For example `gemini-3.5-flash-lite`. */
  model: string;
  /** Where Gemini's interface is found; null or absent for Google's own. */
  baseUrl?: string | null;
  /** Milliseconds until a call is given up. */
  timeoutMs: number;
  /** Tells how long it is until the quota of the day comes back. */
  clock?: Clock;
}

const googleUrl = 'https://generativelanguage.googleapis.com';

const probePrompt: Prompt = { system: 'Answer in JSON.', user: 'Answer {"ok": true}.' };
/** Thoughts count towards it: a probe that is cut off was answered all the same. */
const probeOutputTokens = 64;

/**
 * Writes with Gemini: one call for a plan and one for each chapter, answered as JSON of the drafts'
 * schemas. It never retries. The library is loaded with the first call.
 */
export function makeGeminiAuthor(options: GeminiOptions): Author {
  const { apiKey, model, timeoutMs, clock = systemClock } = options;
  let connected: ReturnType<typeof connect> | undefined;

  async function connect(): Promise<{ ai: GoogleGenAI; fixed: GenerateContentConfig }> {
    const { GoogleGenAI, ThinkingLevel } = await import('@google/genai');
    const baseUrl = options.baseUrl ?? googleUrl;
    const level = thinkingLevelOf(model);
    return {
      // Both are said outright, since the library would otherwise take them from the environment.
      ai: new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl } }),
      // Neither temperature nor topP and topK: today's models ignore them, and the next may refuse them.
      fixed: {
        responseMimeType: 'application/json',
        ...(level && { thinkingConfig: { thinkingLevel: ThinkingLevel[level] } }),
        // Otherwise the library goes on with a long answer in further calls, each of them billed.
        automaticContinuation: false,
      },
    };
  }

  function client() {
    connected ??= connect();
    return connected;
  }

  async function generate(
    { system, user }: Prompt,
    schema: JsonSchema,
    { signal, onUsage }: CallContext,
    more: GenerateContentConfig = {},
  ): Promise<Answer> {
    const { ai, fixed } = await client();
    const answer = await ai.models.generateContent({
      model,
      contents: user,
      config: {
        ...fixed,
        abortSignal: signal,
        systemInstruction: system,
        responseJsonSchema: schema,
        ...more,
      },
    });
    const usage = usageOf(answer);
    if (usage) onUsage(usage);
    return answer;
  }

  async function ask(
    prompt: Prompt,
    schema: JsonSchema,
    { profile }: DayBrief,
    call: AuthorCall,
  ): Promise<unknown> {
    const question = withProblems(prompt, call.problems, profile.language);
    return classified(call.signal, async (signal) =>
      readAnswer(await generate(question, schema, { ...call, signal })),
    );
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
      const code = classifyFailure(failure, { now: clock.now(), apiKey, model });
      throw await withUsableModels(code, cancelled.signal);
    } finally {
      cancelled.release();
    }
  }

  /** Of a model that is refused it is also told which others the key can use. */
  async function withUsableModels(failure: TexasError, signal: AbortSignal): Promise<TexasError> {
    if (failure.code !== 'author_model_unavailable') return failure;
    const refused = refusedModelSchema.parse(failure.details);
    const { ai } = await client();
    return modelUnavailable(refused, await usableModels(ai, signal), failure.cause);
  }

  return {
    name: 'gemini',
    model,
    version: promptVersion,
    fingerprint: createHash('sha256').update(apiKey).digest('hex').slice(0, 12),
    writePlan: (brief, call) => ask(planPrompt(brief), planResponseSchema, brief, call),
    writeChapter: (brief, call) => ask(chapterPrompt(brief), chapterResponseSchema, brief, call),
    probe: (call) =>
      classified(call.signal, async (signal) => {
        const context = { ...call, signal };
        await generate(probePrompt, probeResponseSchema, context, {
          maxOutputTokens: probeOutputTokens,
        });
      }),
  };
}
