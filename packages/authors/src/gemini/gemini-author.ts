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
import { modelUnavailable, unavailableModelSchema } from './model-unavailable.js';
import { availableModels, thinkingLevelOf } from './models.js';
import { type Answer, readAnswer, usageOf } from './read-answer.js';
import {
  chapterResponseSchema,
  type JsonSchema,
  planResponseSchema,
  probeResponseSchema,
} from './response-schema.js';

export interface GeminiOptions {
  apiKey: string;
  /** For example `gemini-3.5-flash-lite`. */
  model: string;
  /** The base URL of the API; null or absent for Google's own. */
  baseUrl?: string | null;
  /** Time limit of a call. */
  timeoutMs: number;
  /** For the time until the daily quota is reset. */
  clock?: Clock;
}

const googleUrl = 'https://generativelanguage.googleapis.com';

const probePrompt: Prompt = { system: 'Answer in JSON.', user: 'Answer {"ok": true}.' };
/** Includes thinking. A truncated answer is as good a sign as a whole one. */
const probeOutputTokens = 64;

/**
 * Writes with Gemini: one call for a plan and one for each chapter, in JSON by the drafts' schemas. Never
 * retries. The library is loaded by the first call.
 */
export function makeGeminiAuthor(options: GeminiOptions): Author {
  const { apiKey, model, timeoutMs, clock = systemClock } = options;
  let connection: ReturnType<typeof connect> | undefined;

  async function connect(): Promise<{ ai: GoogleGenAI; baseConfig: GenerateContentConfig }> {
    const { GoogleGenAI, ThinkingLevel } = await import('@google/genai');
    const baseUrl = options.baseUrl ?? googleUrl;
    const level = thinkingLevelOf(model);
    return {
      // Both are explicit, since the library would otherwise read them from the environment.
      ai: new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl } }),
      // No temperature, topP or topK: current models ignore them, and future ones may reject them.
      baseConfig: {
        responseMimeType: 'application/json',
        ...(level && { thinkingConfig: { thinkingLevel: ThinkingLevel[level] } }),
        // Otherwise the library continues a long answer in further calls, each of them billed.
        automaticContinuation: false,
      },
    };
  }

  function client() {
    connection ??= connect();
    return connection;
  }

  async function generate(
    { system, user }: Prompt,
    schema: JsonSchema,
    { signal, onUsage }: CallContext,
    extraConfig: GenerateContentConfig = {},
  ): Promise<Answer> {
    const { ai, baseConfig } = await client();
    const answer = await ai.models.generateContent({
      model,
      contents: user,
      config: {
        ...baseConfig,
        abortSignal: signal,
        systemInstruction: system,
        responseJsonSchema: schema,
        ...extraConfig,
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
    return withClassifiedFailures(call.signal, async (signal) =>
      readAnswer(await generate(question, schema, { ...call, signal })),
    );
  }

  /** Applies the time limit, and throws every failure as a `TexasError`. */
  async function withClassifiedFailures<T>(
    caller: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const cancelled = cancellation(caller, timeoutMs);
    try {
      cancelled.throwIfCancelled();
      return await work(cancelled.signal);
    } catch (failure) {
      if (!(failure instanceof TexasError)) cancelled.throwIfCancelled();
      const classified = classifyFailure(failure, { now: clock.now(), apiKey, model });
      throw await withAvailableModels(classified, cancelled.signal);
    } finally {
      cancelled.release();
    }
  }

  /** Adds the models that the key can use to `author_model_unavailable`. */
  async function withAvailableModels(
    failure: TexasError,
    signal: AbortSignal,
  ): Promise<TexasError> {
    if (failure.code !== 'author_model_unavailable') return failure;
    const model = unavailableModelSchema.parse(failure.details);
    const { ai } = await client();
    return modelUnavailable(model, await availableModels(ai, signal), failure.cause);
  }

  return {
    name: 'gemini',
    model,
    version: promptVersion,
    fingerprint: createHash('sha256').update(apiKey).digest('hex').slice(0, 12),
    writePlan: (brief, call) => ask(planPrompt(brief), planResponseSchema, brief, call),
    writeChapter: (brief, call) => ask(chapterPrompt(brief), chapterResponseSchema, brief, call),
    probe: (call) =>
      withClassifiedFailures(call.signal, async (signal) => {
        const context = { ...call, signal };
        await generate(probePrompt, probeResponseSchema, context, {
          maxOutputTokens: probeOutputTokens,
        });
      }),
  };
}
