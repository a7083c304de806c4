import { setTimeout as delay } from 'node:timers/promises';
import { type LoopbackServer, readBody, startLoopbackServer } from '../loopback-server.js';
import { behave, type GeminiBehaviour } from './behaviour.js';
import { type GeminiRefusal, refusals } from './refusals.js';
import { faultOf, type GeminiCall, isProbe, requestSchema, textOf } from './request.js';
import * as responses from './responses.js';

export interface FakeGemini extends LoopbackServer {
  /** All calls so far, in order of arrival. */
  readonly calls: readonly GeminiCall[];
  /** Sets the behaviour for the next calls, one each, then `ok` again. Replaces earlier settings. */
  respondWith(...behaviours: readonly GeminiBehaviour[]): void;
  /** Sets a function that decides on every further call without a behaviour of `respondWith`, when it resolves. */
  behaveBy(decide: (call: GeminiCall) => GeminiBehaviour | Promise<GeminiBehaviour>): void;
  /** Refuses all calls and probes, or those of one model, until called with null. */
  refuse(refusal: GeminiRefusal | null, model?: string): void;
  /** Sets the model that responses name; null for the requested one. */
  serveAs(model: string | null): void;
  /** Sets the only accepted key; null for any key. */
  expectKey(key: string | null): void;
  /** Resolves once this many calls have arrived in total. */
  called(count: number): Promise<void>;
  /** Returns the number of calls in flight with this prefix. */
  callsInFlight(prefix: string): number;
  /** Returns the number of probes. They do not count as calls, and only `refuse` and keys affect them. */
  probes(): number;
  /** Returns the number of model listings. */
  listings(): number;
  /** Makes model listings fail with this HTTP status until called with null. */
  failListings(status: number | null): void;
}

export interface FakeGeminiOptions {
  /** 0 for a free port, the default. */
  port?: number;
  /** The models to list. */
  models?: readonly string[];
  /** The only accepted key; any key by default. */
  expectedKey?: string;
  /** Milliseconds before each response. */
  latencyMs?: number;
  /** The delay in a 429, for example `2.5s`. */
  retryDelay?: string;
}

const someModels = ['gemini-3.1-flash-lite', 'gemini-3.5-flash-lite', 'gemini-3.8-flash'];

/** Starts a server on loopback with `POST /v1beta/models/{model}:generateContent` and model listings. */
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
  const callsInFlight = new Map<string, number>();
  const { retryDelay = '2.5s', models = someModels } = options;

  /** Returns the response to every request with this key, if it is refused. */
  function refusalOf(key: unknown, model: string): responses.HttpResponse | null {
    if (expectedKey !== null && key !== expectedKey) return refusals.badKey();
    const isMeant = refusedModel === undefined || refusedModel === model;
    return refusal && isMeant ? refusals[refusal](model) : null;
  }

  /** Null resets the connection; undefined never responds. */
  async function answerTo(call: GeminiCall): Promise<responses.HttpResponse | null | undefined> {
    const behaviour = queue.shift() ?? (await decide(call));
    const fault = faultOf(call.body, call.model);
    return (
      refusalOf(call.apiKey, call.model) ??
      (fault === null
        ? behave(behaviour, call, { retryDelay, model: servedModel ?? call.model })
        : responses.invalidRequest(fault))
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
    let answer: responses.HttpResponse | null | undefined;
    if (request.method === 'GET' && model === undefined && pathname.endsWith('/models')) {
      listings += 1;
      answer =
        listingStatus === null ? responses.modelList(models) : responses.serverError(listingStatus);
    } else if (request.method !== 'POST' || model === undefined || action === undefined) {
      answer = responses.unknownPath(request.url ?? '');
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
        answer = refusalOf(key, model) ?? responses.written({ ...alive, thoughts: 0 });
      } else {
        callsInFlight.set(prefix, (callsInFlight.get(prefix) ?? 0) + 1);
        response.once('close', () =>
          callsInFlight.set(prefix, (callsInFlight.get(prefix) ?? 1) - 1),
        );
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
    callsInFlight: (prefix) => callsInFlight.get(prefix) ?? 0,
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

const fetchAgent = Symbol.for('undici.globalDispatcher.1');

/**
 * Google's library looks for the agent of Node's fetch in `globalThis`, which in Jest's sandbox does not have it. This
 * sets it there; outside of Jest it changes nothing.
 */
function shareHttpAgent(): void {
  new Headers(); // Node creates its agent at the first use of fetch.
  const outside: unknown = fetch.constructor('return globalThis')();
  if (typeof outside !== 'object' || outside === null || outside === globalThis) return;
  Reflect.set(globalThis, fetchAgent, Reflect.get(outside, fetchAgent));
}
