import { setTimeout as delay } from 'node:timers/promises';
import * as answers from './fake-gemini-answers.js';
import { behave, type GeminiBehaviour } from './fake-gemini-behaviour.js';
import { type GeminiRefusal, refusals } from './fake-gemini-refusals.js';
import { faultOf, type GeminiCall, isProbe, requestSchema, textOf } from './fake-gemini-request.js';
import { shareHttpAgent } from './http-agent.js';
import { type LoopbackServer, readBody, startLoopbackServer } from './loopback-server.js';

export interface FakeGemini extends LoopbackServer {
  /** Every call so far, in the order of arrival. */
  readonly calls: readonly GeminiCall[];
  /** How the next calls are answered, one each; then `ok` again. Replaces what was left. */
  respondWith(...behaviours: readonly GeminiBehaviour[]): void;
  /** How, and as late as it likes, every further call is answered, unless `respondWith` says so. */
  behaveBy(decide: (call: GeminiCall) => GeminiBehaviour | Promise<GeminiBehaviour>): void;
  /** Every call and probe, or every one of that model alone, is refused so until null is said. */
  refuse(refusal: GeminiRefusal | null, model?: string): void;
  /** The model that answers say they are from; null for the one that was asked for. */
  serveAs(model: string | null): void;
  /** The only key that is accepted from now on; null for any. */
  expectKey(key: string | null): void;
  /** Resolves once that many calls have arrived in all. */
  called(count: number): Promise<void>;
  /** How many calls with that prefix are waiting for their answer. */
  underWay(prefix: string): number;
  /** How many probes there were; they are no calls, and `refuse` and keys alone count for them. */
  probes(): number;
  /** How often the models of a key were listed. */
  listings(): number;
  /** Lists of models fail with that HTTP status until null is said. */
  failListings(status: number | null): void;
}

export interface FakeGeminiOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** The models that are listed. */
  models?: readonly string[];
  /** Answers other keys as Gemini does; any key is fine where absent. */
  expectedKey?: string;
  /** Milliseconds before each answer. */
  latencyMs?: number;
  /** What a 429 names, for example `2.5s`. */
  retryDelay?: string;
}

const someModels = ['gemini-3.1-flash-lite', 'gemini-3.5-flash-lite', 'gemini-3.8-flash'];

/** A server on loopback that speaks `POST /v1beta/models/{model}:generateContent` and lists models. */
export async function startFakeGemini(options: FakeGeminiOptions = {}): Promise<FakeGemini> {
  shareHttpAgent();
  const calls: GeminiCall[] = [];
  let queue: GeminiBehaviour[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];

  let decide: Parameters<FakeGemini['behaveBy']>[0] = () => 'ok';
  let expectedKey = options.expectedKey ?? null;
  let refusal: GeminiRefusal | null = null;
  let refusedModel: string | undefined;
  let servedModel: string | null = null;
  let probes = 0;
  let listings = 0;
  let listingStatus: number | null = null;
  const underWay = new Map<string, number>();
  const { retryDelay = '2.5s', models = someModels } = options;

  /** What every request of this key meets. */
  function refusalOf(key: unknown, model: string): answers.HttpAnswer | null {
    if (expectedKey !== null && key !== expectedKey) return refusals.badKey();
    const isMeant = refusedModel === undefined || refusedModel === model;
    return refusal && isMeant ? refusals[refusal](model) : null;
  }

  /** Null where the connection is to break, undefined where no answer is ever given. */
  async function answerTo(call: GeminiCall): Promise<answers.HttpAnswer | null | undefined> {
    const behaviour = queue.shift() ?? (await decide(call));
    const fault = faultOf(call.body, call.model);
    return (
      refusalOf(call.apiKey, call.model) ??
      (fault === null
        ? behave(behaviour, call, { retryDelay, model: servedModel ?? call.model })
        : answers.invalidRequest(fault))
    );
  }

  function arrive(call: GeminiCall): void {
    calls.push(call);
    const arrived = waiting.filter(({ count }) => count <= calls.length);
    waiting = waiting.filter(({ count }) => count > calls.length);
    for (const { resolve } of arrived) resolve();
  }

  const server = await startLoopbackServer(options.port ?? 0, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake');
    const [, prefix = '', model, action] =
      /^(.*)\/v1beta\/models(?:\/([^/:]+)(:generateContent)?)?$/.exec(pathname) ?? [];
    const sent = await readBody(request);
    const key = request.headers['x-goog-api-key'];
    let answer: answers.HttpAnswer | null | undefined;
    if (request.method === 'GET' && model === undefined && pathname.endsWith('/models')) {
      listings += 1;
      answer =
        listingStatus === null ? answers.modelList(models) : answers.serverError(listingStatus);
    } else if (request.method !== 'POST' || model === undefined || action === undefined) {
      answer = answers.unknownPath(request.url ?? '');
    } else {
      const body = requestSchema.parse(JSON.parse(sent));
      const call = {
        prefix,
        model,
        apiKey: typeof key === 'string' ? key : undefined,
        otherCredentials: request.headers.authorization !== undefined || searchParams.has('key'),
        body,
        system: textOf([body.systemInstruction ?? { parts: [] }]),
        user: textOf(body.contents),
      };
      if (isProbe(body)) {
        probes += 1;
        const alive = { text: '{"ok": true}', prompt: call.user, model: servedModel ?? model };
        answer = refusalOf(key, model) ?? answers.written({ ...alive, thoughts: 0 });
      } else {
        underWay.set(prefix, (underWay.get(prefix) ?? 0) + 1);
        response.once('close', () => underWay.set(prefix, (underWay.get(prefix) ?? 1) - 1));
        arrive(call);
        answer = await answerTo(call);
      }
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
    refuse(next, model) {
      refusal = next;
      refusedModel = model;
    },
    serveAs(model) {
      servedModel = model;
    },
    expectKey(key) {
      expectedKey = key;
    },
    underWay: (prefix) => underWay.get(prefix) ?? 0,
    probes: () => probes,
    listings: () => listings,
    failListings(status) {
      listingStatus = status;
    },
    called: (count) =>
      new Promise((resolve) => {
        if (calls.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}
