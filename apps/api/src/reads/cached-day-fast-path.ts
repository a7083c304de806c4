import type { IncomingMessage } from 'node:http';
import { allows } from '@texas-ai/access';
import type { AppDeps } from '../process/deps.js';
import { hasBody } from '../transport/body.js';
import { commonHeaders, setHeaders } from '../transport/headers.js';
import { problemOf, sendProblem } from '../transport/problem.js';
import type { GatewayResponse } from '../transport/request-context.js';
import { sendBytes } from '../transport/send-bytes.js';
import { makeEndOfTurn } from './end-of-turn.js';
import { answerBytes } from './send-cached.js';

const route = '/v1/characters/:character/days/:date';
const dayPath = /^\/v1\/characters\/([\w-]{1,64})\/days\/(\d{4}-\d\d-\d\d)$/;

/**
 * Answers a day that is in memory to a key that is known, ahead of Express, which would take most of
 * the time. Key check, limit, cache and answer are those of the route; whatever needs more than
 * memory is left to it. Tells whether the request was taken.
 */
export function answerAhead({
  keys,
  readers,
  limits,
  answered,
}: Pick<AppDeps, 'keys' | 'readers' | 'limits' | 'answered'>) {
  const atEndOfTurn = makeEndOfTurn();
  const tell = (status: number, began: number) =>
    answered({ method: 'GET', route, status, seconds: (performance.now() - began) / 1000 });
  return (request: IncomingMessage, response: GatewayResponse): boolean => {
    const began = performance.now();
    // A browser of another origin needs more headers than this handler sets.
    if (request.method !== 'GET' || request.headers.origin !== undefined) return false;
    if (hasBody(request)) return false;
    const [, character, date] = dayPath.exec(request.url ?? '') ?? [];
    if (character === undefined || date === undefined) return false;
    const principal = keys.peek(request.headers.authorization);
    if (principal === undefined || !allows(principal.scopes, 'read')) return false;
    const entry = readers.peekDay(character, date);
    if (entry === undefined) return false;
    const { requestId } = response.locals;
    const { refusal, headers } = limits.countRead(principal.keyId);
    const before = [...commonHeaders(requestId), ...headers];
    if (refusal === null) {
      const answer = answerBytes(entry, request.headers['if-none-match']);
      atEndOfTurn(() => sendBytes(response, answer, before));
      tell(answer.status, began);
    } else {
      const problem = problemOf(refusal, requestId);
      setHeaders(response, before);
      sendProblem(response, problem);
      tell(problem.status, began);
    }
    return true;
  };
}
