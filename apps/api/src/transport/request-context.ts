import { randomUUID } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../access/key-ring.js';

/** State of one request, kept in `response.locals`. */
export interface RequestContext {
  requestId: string;
  /** Null until a key has been accepted. */
  principal: Principal | null;
  /** The path pattern of the matching route, for metrics; `unrouted` until one matches. */
  route: string;
  /** An event stream, whose duration is not measured. */
  isStream: boolean;
}

/** The response class of the server, shared by Express and the cached-day fast path. */
export class GatewayResponse extends ServerResponse<IncomingMessage> {
  locals: RequestContext = { requestId: '', principal: null, route: 'unrouted', isStream: false };
}

/** Client ids that are safe to log. */
const safeRequestId = /^[\w.-]{1,64}$/;

/** The request's id: the client's own `X-Request-Id` if it is safe to log, otherwise a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && safeRequestId.test(given) ? given : randomUUID();
}
