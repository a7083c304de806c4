import { randomUUID } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from './access/key-ring.js';

/** What is known of a request beside what it says itself. */
export interface Exchange {
  requestId: string;
  /** Null until a key was accepted. */
  principal: Principal | null;
}

/**
 * The response of every request, whether Express answers it or the handler ahead of Express. It
 * has the two members of Express' response that middlewares made for Express expect of it.
 */
export class GatewayResponse extends ServerResponse<IncomingMessage> {
  locals: Exchange = { requestId: '', principal: null };

  append(name: string, value: string): this {
    this.appendHeader(name, value);
    return this;
  }
}

/** A client's own id is taken where it can do no harm in a log. */
const acceptable = /^[\w.-]{1,64}$/;

/** Names the exchange: `X-Request-Id`, the client's or a new one. */
export function nameExchange(request: IncomingMessage, response: GatewayResponse): void {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
  response.locals.requestId = requestId;
  response.setHeader('X-Request-Id', requestId);
}
