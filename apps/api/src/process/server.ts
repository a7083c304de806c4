import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { TexasError } from '@texas-ai/kernel';
import { answerAhead } from '../reads/cached-day-fast-path.js';
import { makeApp } from '../transport/app.js';
import { withoutBasePath } from '../transport/base-path.js';
import { cutOffAfterAnswer, hasBody, refusalOfLarge } from '../transport/body.js';
import { commonHeaders, setHeaders } from '../transport/headers.js';
import { problemOf, sendProblem } from '../transport/problem.js';
import { GatewayResponse, requestIdOf } from '../transport/request-context.js';
import type { AppDeps } from './deps.js';

export interface ServerOptions {
  /**
   * Whether cached days are answered ahead of Express; the answers are the same. By default they are
   * unless each read is to have its line in the log, or its span.
   */
  ahead?: boolean;
}

/** Most bytes of a request's line and headers together. */
const maxHeaderBytes = 16 * 1024;
const mostHeaders = 100;
/** Milliseconds in which the headers, and the whole request, must have come. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Idle connections are kept longer than most proxies do (60 s), so that proxies close them first. */
const keepAliveTimeoutMs = 65_000;

/** The HTTP server: names each request, answers cached days at once, leaves the rest to Express. */
export function makeServer(
  deps: AppDeps,
  { ahead = deps.config.logging.level !== 'debug' && !deps.tracing.isOn }: ServerOptions = {},
): Server<typeof IncomingMessage, typeof GatewayResponse> {
  const { basePath } = deps.config.server;
  const app = makeApp(deps);
  const answeredAhead = ahead ? answerAhead(deps) : () => false;
  const server = createServer(
    {
      ServerResponse: GatewayResponse,
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: keepAliveTimeoutMs,
    },
    (request, response) => {
      const { locals } = response;
      locals.requestId = requestIdOf(request);
      request.url = withoutBasePath(request.url ?? '', basePath);
      if (deps.readiness.draining) response.shouldKeepAlive = false;
      if (answeredAhead(request, response)) return;
      measure(request, response, deps.answered);
      setHeaders(response, commonHeaders(locals.requestId));
      const refusal = refusalAtTheDoor(request, response);
      if (refusal === null) {
        const routeOf = () => locals.route;
        return deps.tracing.request(request, response, routeOf, () => app(request, response));
      }
      response.shouldKeepAlive = false;
      sendProblem(response, problemOf(refusal, locals.requestId));
    },
  );
  server.on('clientError', refuseUnreadable);
  return server;
}

/** Tells of the request once it was answered, or its client left. */
function measure(
  { method = '' }: IncomingMessage,
  response: GatewayResponse,
  answered: AppDeps['answered'],
): void {
  const began = performance.now();
  response.once('close', () => {
    const { route, isStream } = response.locals;
    if (isStream) return;
    const status = response.writableFinished ? response.statusCode : clientLeft;
    answered({ method, route, status, seconds: (performance.now() - began) / 1000 });
  });
}

/** As nginx counts a client that closed its connection before the answer. */
const clientLeft = 499;

/** What is refused before anybody looks at who asks. A body is never read on for ever. */
function refusalAtTheDoor(request: IncomingMessage, response: GatewayResponse): TexasError | null {
  // Names and values in turn. Node itself would drop what is over 2,000 headers without a word.
  if (request.rawHeaders.length > 2 * mostHeaders) return tooManyHeaders;
  if (!hasBody(request)) return null;
  cutOffAfterAnswer(request, response);
  return refusalOfLarge(request);
}

const tooManyHeaders = new TexasError(
  'headers_too_large',
  `There may be ${mostHeaders} headers at most.`,
);

const unreadable: Record<string, TexasError> = {
  HPE_HEADER_OVERFLOW: new TexasError(
    'headers_too_large',
    `The headers may have ${maxHeaderBytes / 1024} kB at most.`,
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new TexasError(
    'request_timeout',
    `A request must have come whole within ${requestTimeoutMs / 1000} seconds.`,
  ),
};
const notHttp = new TexasError('invalid_request', 'This is not a request in HTTP/1.1.');

/** What never became a request is answered on the bare connection, which is closed. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // As Node's own handler asks: an answer that has begun must not get another one into it.
  const { _httpMessage: begun } = socket as { _httpMessage?: ServerResponse | null };
  if (error.code === 'ECONNRESET' || !socket.writable || begun?.headersSent) {
    return void socket.destroy();
  }
  const requestId = randomUUID();
  const problem = problemOf(unreadable[error.code ?? ''] ?? notHttp, requestId);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\n` +
      `Content-Type: application/problem+json; charset=utf-8\r\nX-Request-Id: ${requestId}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
