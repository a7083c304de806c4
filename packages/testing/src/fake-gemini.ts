import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import * as answers from './fake-gemini-answers.js';
import { fakeChapter, fakePlan } from './fake-gemini-text.js';
import { shareHttpAgent } from './http-agent.js';
import { type LoopbackServer, readBody, startLoopbackServer } from './loopback-server.js';

/**
 * How a call is answered. `rateLimited` names 2.5 s unless told otherwise; `hang` never answers until
 * the server stops; `reset` breaks the connection; `html` is a page with status 200; `wrongCount` is
 * one text short, or a plan without items.
 */
export type GeminiBehaviour =
  | 'ok'
  | 'rateLimited'
  | 'dailyQuota'
  | 'serverError'
  | 'hang'
  | 'reset'
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
  /** What stood before `/v1beta`, for clients that are given different addresses. */
  prefix: string;
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
  /** How, and as late as it likes, every further call is answered, unless `respondWith` says so. */
  behaveBy(decide: (call: GeminiCall) => GeminiBehaviour | Promise<GeminiBehaviour>): void;
  /** The only key that is accepted from now on; null for any. */
  expectKey(key: string | null): void;
  /** Resolves once that many calls have arrived in all. */
  called(count: number): Promise<void>;
  /** How many calls with that prefix are waiting for their answer. */
  underWay(prefix: string): number;
  /** How often a key was asked about without a call. */
  probes(): number;
}

export interface FakeGeminiOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Answers other keys as Gemini does; any key is fine where absent. */
  expectedKey?: string;
  /** Milliseconds before each answer. */
  latencyMs?: number;
  /** What a 429 names, for example `2.5s`. */
  retryDelay?: string;
}

/** A server on loopback that speaks `POST /v1beta/models/{model}:generateContent`. */
export async function startFakeGemini(options: FakeGeminiOptions = {}): Promise<FakeGemini> {
  shareHttpAgent();
  const calls: GeminiCall[] = [];
  let queue: GeminiBehaviour[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];

  let decide: Parameters<FakeGemini['behaveBy']>[0] = () => 'ok';
  let expectedKey = options.expectedKey ?? null;
  let probes = 0;
  const underWay = new Map<string, number>();
  const { retryDelay = '2.5s' } = options;

  const refuses = (key: unknown) => expectedKey !== null && key !== expectedKey;

  /** Null where the connection is to break, undefined where no answer is ever given. */
  async function answerTo(call: GeminiCall): Promise<answers.HttpAnswer | null | undefined> {
    const behaviour = queue.shift() ?? (await decide(call));
    return refuses(call.apiKey) ? answers.badKey() : behave(behaviour, call, retryDelay);
  }

  function arrive(call: GeminiCall): void {
    calls.push(call);
    const arrived = waiting.filter(({ count }) => count <= calls.length);
    waiting = waiting.filter(({ count }) => count > calls.length);
    for (const { resolve } of arrived) resolve();
  }

  const server = await startLoopbackServer(options.port ?? 0, async (request, response) => {
    const [, prefix = '', model, action] =
      /^(.*)\/v1beta\/models\/([^/:]+)(:generateContent)?$/.exec(request.url ?? '') ?? [];
    const sent = await readBody(request);
    const key = request.headers['x-goog-api-key'];
    let answer: answers.HttpAnswer | null | undefined;
    if (model !== undefined && request.method === 'GET') {
      probes += 1;
      answer = refuses(key) ? answers.badKey() : answers.modelFound(model);
    } else if (request.method !== 'POST' || model === undefined || action === undefined) {
      answer = answers.unknownPath(request.url ?? '');
    } else {
      const body = requestSchema.parse(JSON.parse(sent));
      const call = {
        prefix,
        model,
        apiKey: typeof key === 'string' ? key : undefined,
        body,
        system: textOf([body.systemInstruction ?? { parts: [] }]),
        user: textOf(body.contents),
      };
      underWay.set(prefix, (underWay.get(prefix) ?? 0) + 1);
      response.once('close', () => underWay.set(prefix, (underWay.get(prefix) ?? 1) - 1));
      arrive(call);
      answer = await answerTo(call);
    }
    if (answer === undefined) return;
    if (options.latencyMs) await delay(options.latencyMs);
    if (answer === null) return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  });

  return {
    url: server.url,
    stop: server.stop,
    calls,
    respondWith: (...behaviours) => {
      queue = [...behaviours];
    },
    behaveBy(next) {
      decide = next;
    },
    expectKey(key) {
      expectedKey = key;
    },
    underWay: (prefix) => underWay.get(prefix) ?? 0,
    probes: () => probes,
    called: (count) =>
      new Promise((resolve) => {
        if (calls.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}

/** The answer to a call; undefined where none is ever given, null where the connection breaks. */
function behave(
  behaviour: GeminiBehaviour,
  call: GeminiCall,
  retryDelay: string,
): answers.HttpAnswer | null | undefined {
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
      return answers.rateLimited(retryDelay);
    case 'dailyQuota':
      return answers.dailyQuota();
    case 'serverError':
      return answers.serverError();
    case 'hang':
      return undefined;
    case 'reset':
      return null;
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
