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
import { cachedDayFastPath } from '../reads/cached-day-fast-path.js';
import { makeApp } from '../transport/app.js';
import { declaredTooLarge, discardUnreadBody, hasBody } from '../transport/body.js';
import { problemOf, sendProblem } from '../transport/problem.js';
import { GatewayResponse, requestIdOf } from '../transport/request-context.js';
import { commonHeaders, setHeaders } from '../transport/response.js';
import type { AppDeps } from './deps.js';

export interface ServerOptions {
  /**
   * Whether cached days bypass Express, with equal responses. Default true, unless every read must be
   * logged or traced.
   */
  fastPath?: boolean;
}

/** Size limit of request line and headers together, in bytes. */
const maxHeaderBytes = 16 * 1024;
const maxHeaders = 100;
/** Time limits for receiving the headers and the whole request. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Longer than the keep-alive of most proxies (60 s), so that the proxy closes idle connections first. */
const keepAliveTimeoutMs = 65_000;

/** The HTTP server: assigns request ids, serves cached days and passes all other requests to Express. */
export function makeServer(
  deps: AppDeps,
  { fastPath = deps.config.logging.level !== 'debug' && !deps.tracing.enabled }: ServerOptions = {},
): Server<typeof IncomingMessage, typeof GatewayResponse> {
  const { basePath } = deps.config.server;
  const app = makeApp(deps);
  const serveCachedDay = fastPath ? cachedDayFastPath(deps) : () => false;
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
      if (serveCachedDay(request, response)) return;
      recordWhenClosed(request, response, deps.recordRequest);
      setHeaders(response, commonHeaders(locals.requestId));
      const refusal = checkSize(request, response);
      if (refusal === null) {
        const routeOf = () => locals.route;
        return deps.tracing.request(request, response, routeOf, () => app(request, response));
      }
      response.shouldKeepAlive = false;
      sendProblem(response, problemOf(refusal, locals.requestId));
    },
  );
  server.on('clientError', rejectUnparsable);
  return server;
}

/**
 * Removes the base path from a URL of path and query. URLs without it stay as they are: some proxies
 * strip the base path, and probes do not go through a proxy.
 */
export function withoutBasePath(url: string, basePath: string): string {
  if (!url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}

/** Records the request's metrics once its response was sent or its client left. */
function recordWhenClosed(
  { method = '' }: IncomingMessage,
  response: GatewayResponse,
  recordRequest: AppDeps['recordRequest'],
): void {
  const startedAt = performance.now();
  response.once('close', () => {
    const { route, isStream } = response.locals;
    if (isStream) return;
    const status = response.writableFinished ? response.statusCode : clientClosedRequest;
    recordRequest({ method, route, status, seconds: (performance.now() - startedAt) / 1000 });
  });
}

/** nginx's status for a client that closed the connection before the response was sent. */
const clientClosedRequest = 499;

/** Checks that need neither key nor route; null if the request passes. */
function checkSize(request: IncomingMessage, response: GatewayResponse): TexasError | null {
  // `rawHeaders` has names and values in turn. Node silently drops headers beyond 2,000.
  if (request.rawHeaders.length > 2 * maxHeaders) return tooManyHeaders;
  if (!hasBody(request)) return null;
  discardUnreadBody(request, response);
  return declaredTooLarge(request);
}

const tooManyHeaders = new TexasError(
  'headers_too_large',
  `There must not be more than ${maxHeaders} headers.`,
);

const parserErrors: Record<string, TexasError> = {
  HPE_HEADER_OVERFLOW: new TexasError(
    'headers_too_large',
    `The headers must not exceed ${maxHeaderBytes / 1024} kB.`,
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new TexasError(
    'request_timeout',
    `The request must arrive completely within ${requestTimeoutMs / 1000} seconds.`,
  ),
};
const notHttp = new TexasError('invalid_request', 'This is not an HTTP/1.1 request.');

/** Sends a problem on the raw socket, since the parser produced no request, and closes it. */
function rejectUnparsable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // As in Node's default handler: a response that has started must not be interleaved with another.
  const { _httpMessage: current } = socket as { _httpMessage?: ServerResponse | null };
  if (error.code === 'ECONNRESET' || !socket.writable || current?.headersSent) {
    return void socket.destroy();
  }
  const requestId = randomUUID();
  const problem = problemOf(parserErrors[error.code ?? ''] ?? notHttp, requestId);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\n` +
      `Content-Type: application/problem+json; charset=utf-8\r\nX-Request-Id: ${requestId}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
