import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queues } from '@texas-ai/jobs';
import type { Redactor } from '@texas-ai/logging';
import { type RequestHandler, Router } from 'express';

// Imported lazily: Bull Board is large, and most processes never show it.

/**
 * Bull Board for all queues, with secrets redacted everywhere, including failures and logs. Rejects with
 * `queue_unavailable`.
 */
export async function queuesView(
  path: string,
  queues: Queues,
  redactor: Redactor,
): Promise<RequestHandler> {
  const server = new ExpressAdapter().setBasePath(path);
  const adapters = (await queues.all()).map((queue) => {
    const adapter = new BullMQAdapter(queue);
    for (const field of ['data', 'returnValue', 'progress'] as const) {
      adapter.setFormatter(field, redactor.value);
    }
    return adapter;
  });
  createBullBoard({
    queues: adapters,
    serverAdapter: server,
    options: {
      uiConfig: {
        boardTitle: 'Texas AI',
        miscLinks: [{ text: 'Sign out · 退出登录', url: `${path}/sign-out` }],
      },
    },
  });
  return Router().use(redactResponses(redactor), server.getRouter());
}

const externalFonts = /<link href="https:\/\/fonts\.[^>]*>/;

/** Redacts all strings of JSON responses, and removes external fonts from the page. */
function redactResponses(redactor: Redactor): RequestHandler {
  return (_request, response, next) => {
    const { json, send } = response;
    response.json = (body) =>
      json.call(
        response,
        JSON.parse(JSON.stringify(body ?? null), (_name, value) =>
          typeof value === 'string' ? redactor.text(value) : value,
        ),
      );
    response.send = (body) =>
      send.call(response, typeof body === 'string' ? body.replace(externalFonts, '') : body);
    next();
  };
}
