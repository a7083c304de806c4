import type { IncomingMessage } from 'node:http';
import { allows } from '@texas-ai/access';
import type { AppDeps } from '../process/deps.js';
import { hasBody } from '../transport/body.js';
import { problemOf, sendProblem } from '../transport/problem.js';
import type { GatewayResponse } from '../transport/request-context.js';
import { commonHeaders, sendBytes, setHeaders } from '../transport/response.js';
import { cachedResponse } from './cached-response.js';

const route = '/v1/characters/:character/days/:date';
const dayPath = /^\/v1\/characters\/([\w-]{1,64})\/days\/(\d{4}-\d\d-\d\d)$/;

/**
 * Serves a day that is in memory to a known key without Express, which would take most of the time.
 * Shares key check, limit, cache and response with the regular route, and returns false to leave every
 * other request to it.
 */
export function cachedDayFastPath({
  keys,
  readers,
  limits,
  recordRequest,
}: Pick<AppDeps, 'keys' | 'readers' | 'limits' | 'recordRequest'>) {
  const defer = makeBatchedImmediate();
  const record = (status: number, startedAt: number) =>
    recordRequest({
      method: 'GET',
      route,
      status,
      seconds: (performance.now() - startedAt) / 1000,
    });
  return (request: IncomingMessage, response: GatewayResponse): boolean => {
    const startedAt = performance.now();
    // Cross-origin requests need CORS headers, which only Express sets.
    if (request.method !== 'GET' || request.headers.origin !== undefined) return false;
    if (hasBody(request)) return false;
    const [, character, date] = dayPath.exec(request.url ?? '') ?? [];
    if (character === undefined || date === undefined) return false;
    const principal = keys.peek(request.headers.authorization);
    if (principal === undefined || !allows(principal.scopes, 'read')) return false;
    const entry = readers.peekDay(character, date);
    if (entry === undefined) return false;
    const { requestId } = response.locals;
    const { error, headers: limitHeaders } = limits.countRead(principal.keyId);
    const headers = [...commonHeaders(requestId), ...limitHeaders];
    if (error === null) {
      const raw = cachedResponse({ entry, stale: false }, request.headers['if-none-match']);
      defer(() => sendBytes(response, raw, headers));
      record(raw.status, startedAt);
    } else {
      const problem = problemOf(error, requestId);
      setHeaders(response, headers);
      sendProblem(response, problem);
      record(problem.status, startedAt);
    }
    return true;
  };
}

/**
 * Runs callbacks together at the end of the event loop's turn. Responses written in one go raise the
 * throughput under load by a sixth and delay a single response by nothing measurable.
 */
function makeBatchedImmediate(): (callback: () => void) => void {
  let pending: (() => void)[] = [];

  function flush(): void {
    const callbacks = pending;
    pending = [];
    for (const callback of callbacks) callback();
  }

  return (callback) => {
    if (pending.length === 0) setImmediate(flush);
    pending.push(callback);
  };
}
