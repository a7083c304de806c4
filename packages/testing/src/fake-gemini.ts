import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import * as answers from './fake-gemini-answers.js';
import { fakeChapter, fakePlan } from './fake-gemini-text.js';
import { shareHttpAgent } from './http-agent.js';
import { type LoopbackServer, readBody, startLoopbackServer } from './loopback-server.js';

/**
 * How a call is answered. `rateLimited` names 2.5 s; `hang` never answers until the server stops;
 * `html` is a page with status 200; `wrongCount` is one text short, or a plan without items.
 */
export type GeminiBehaviour =
  | 'ok'
  | 'rateLimited'
  | 'dailyQuota'
  | 'serverError'
  | 'hang'
  | 'truncated'
  | 'invalidJson'
  | 'html'
  | 'wrongCount'
  | 'badKey'
  | 'blocked';

const requestSchema = z.looseObject({
  contents: z.array(z.looseObject({ parts: z.array(z.looseObject({ text: z.string() })) })),
  systemInstruction: z
    .looseObject({ parts: z.array(z.looseObject({ text: z.string() })) })
    .optional(),
  generationConfig: z.looseObject({
    responseMimeType: z.literal('application/json'),
    responseJsonSchema: z.looseObject({
      properties: z.record(z.string(), z.looseObject({ minItems: z.number().optional() })),
    }),
  }),
});

export interface GeminiCall {
  model: string;
  /** The header x-goog-api-key. */
  apiKey: string | undefined;
  /** What was sent, parsed. */
  body: z.infer<typeof requestSchema>;
  /** The system instruction, and what the user's parts say. */
  system: string;
  user: string;
}

export interface FakeGemini extends LoopbackServer {
  /** Every call so far, in the order of arrival. */
  readonly calls: readonly GeminiCall[];
  /** How the next calls are answered, one each; then `ok` again. Replaces what was left. */
  respondWith(...behaviours: readonly GeminiBehaviour[]): void;
  /** Resolves once that many calls have arrived in all. */
  called(count: number): Promise<void>;
}

export interface FakeGeminiOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Answers other keys as Gemini does; any key is fine where absent. */
  expectedKey?: string;
  /** Milliseconds before each answer. */
  latencyMs?: number;
}

/** A server on loopback that speaks `POST /v1beta/models/{model}:generateContent`. */
export async function startFakeGemini(options: FakeGeminiOptions = {}): Promise<FakeGemini> {
  shareHttpAgent();
  const calls: GeminiCall[] = [];
  let queue: GeminiBehaviour[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];

  function answerTo(call: GeminiCall): answers.HttpAnswer | undefined {
    const behaviour = queue.shift() ?? 'ok';
    const wrongKey = options.expectedKey !== undefined && call.apiKey !== options.expectedKey;
    return wrongKey ? answers.badKey() : behave(behaviour, call);
  }

  const server = await startLoopbackServer(options.port ?? 0, async (request, response) => {
    const model = /^\/v1beta\/models\/([^/]+):generateContent$/.exec(request.url ?? '')?.[1];
    const sent = await readBody(request);
    let answer: answers.HttpAnswer | undefined;
    if (request.method !== 'POST' || model === undefined) {
      answer = answers.unknownPath(request.url ?? '');
    } else {
      const body = requestSchema.parse(JSON.parse(sent));
      const key = request.headers['x-goog-api-key'];
      const call = {
        model,
        apiKey: typeof key === 'string' ? key : undefined,
        body,
        system: textOf([body.systemInstruction ?? { parts: [] }]),
        user: textOf(body.contents),
      };
      calls.push(call);
      const arrived = waiting.filter(({ count }) => count <= calls.length);
      waiting = waiting.filter(({ count }) => count > calls.length);
      for (const { resolve } of arrived) resolve();
      answer = answerTo(call);
    }
    if (answer === undefined) return;
    if (options.latencyMs) await delay(options.latencyMs);
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  });

  return {
    url: server.url,
    stop: server.stop,
    calls,
    respondWith: (...behaviours) => {
      queue = [...behaviours];
    },
    called: (count) =>
      new Promise((resolve) => {
        if (calls.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}

/** The answer to a call; undefined where none is ever given. */
function behave(behaviour: GeminiBehaviour, call: GeminiCall): answers.HttpAnswer | undefined {
  const prompt = `${call.system}\n${call.user}`;
  const good = () => JSON.stringify(write(call, prompt, 0));
  switch (behaviour) {
    case 'ok':
      return answers.written(good(), prompt);
    case 'wrongCount':
      return answers.written(JSON.stringify(write(call, prompt, 1)), prompt);
    case 'truncated': {
      const text = good();
      return answers.written(text.slice(0, text.length / 2), prompt, 'MAX_TOKENS');
    }
    case 'invalidJson':
      return answers.written(good().slice(1), prompt);
    case 'html':
      return answers.htmlPage();
    case 'blocked':
      return answers.blocked(prompt);
    case 'badKey':
      return answers.badKey();
    case 'rateLimited':
      return answers.rateLimited();
    case 'dailyQuota':
      return answers.dailyQuota();
    case 'serverError':
      return answers.serverError();
    case 'hang':
      return undefined;
  }
}

/** What the schema asks for: texts or a plan. `short` texts, or all items, are left out. */
function write({ body }: GeminiCall, prompt: string, short: 0 | 1): unknown {
  const { texts } = body.generationConfig.responseJsonSchema.properties;
  if (texts) return fakeChapter(prompt, (texts.minItems ?? 1) - short);
  const plan = fakePlan(prompt);
  return short === 0 ? plan : { ...plan, items: [] };
}

function textOf(contents: readonly { parts: readonly { text: string }[] }[]): string {
  return contents.flatMap(({ parts }) => parts.map(({ text }) => text)).join('\n');
}
