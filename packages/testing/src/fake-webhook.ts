import { type LoopbackServer, readBody, startLoopbackServer } from './loopback-server.js';

export interface WebhookAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface FakeWebhook extends LoopbackServer {
  /** Every request so far, its body as the JSON that it is. */
  readonly requests: readonly {
    method: string;
    path: string;
    query: Record<string, string>;
    json: unknown;
  }[];
  /** How it answers from here on: 200 without a body where nothing else is said. */
  respondWith(answer: WebhookAnswer): void;
}

/** A server on loopback that takes whatever it is posted. */
export async function startFakeWebhook(): Promise<FakeWebhook> {
  const requests: FakeWebhook['requests'][number][] = [];
  let answer: WebhookAnswer = {};
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
