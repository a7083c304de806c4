import { type LoopbackServer, readBody, startLoopbackServer } from './loopback-server.js';

export interface WebhookResponse {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface FakeWebhook extends LoopbackServer {
  /** All requests so far, with parsed JSON bodies. */
  readonly requests: readonly {
    method: string;
    path: string;
    query: Record<string, string>;
    json: unknown;
  }[];
  /** Sets the response to all further requests; by default 200 without a body. */
  respondWith(answer: WebhookResponse): void;
}

/** Starts a server on loopback that accepts all requests. */
export async function startFakeWebhook(): Promise<FakeWebhook> {
  const requests: FakeWebhook['requests'][number][] = [];
  let answer: WebhookResponse = {};
  const { url, stop } = await startLoopbackServer(0, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push({
      method: request.method ?? '',
      path: pathname,
      query: Object.fromEntries(searchParams),
      json: JSON.parse(await readBody(request)),
    });
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  });
  return {
    url,
    stop,
    requests,
    respondWith(next) {
      answer = next;
    },
  };
}
