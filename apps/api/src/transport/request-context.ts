import { randomUUID } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../access/key-ring.js';

/** What is known of a request beside what it says itself. */
export interface Exchange {
  requestId: string;
  /** Null until a key was accepted. */
  principal: Principal | null;
  /** The pattern of the path that took the request; `unrouted` until one does. */
  route: string;
  /** An event stream, whose time says nothing. */
  isStream: boolean;
}

/** The response of every request, whether Express answers it or the handler ahead of Express. */
export class GatewayResponse extends ServerResponse<IncomingMessage> {
  locals: Exchange = { requestId: '', principal: null, route: 'unrouted', isStream: false };
}

/** A client's own id is taken where it can do no harm in a log. */
const acceptable = /^[\w.-]{1,64}$/;

/** What `X-Request-Id` of the answer says: the client's own, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
}
