import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Names and values in turn: the form that Node writes fastest. */
export type HeaderList = readonly string[];

/** A response whose body is serialized already; null for none, as with 304. */
export interface RawResponse {
  status: number;
  headers: HeaderList;
  bytes: Buffer | null;
}

/** Helmet's headers for an API, which do not depend on the request and are therefore computed once. */
const securityHeaders: HeaderList = (() => {
  const headers: string[] = [];
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  response.setHeader = (name, value) => {
    headers.push(name, String(value));
    return response;
  };
  const apiHelmet = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // These concern HTML pages only.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  apiHelmet(request, response, () => undefined);
  return headers;
})();

/**
 * All of helmet's headers, for HTML pages. Pages load everything from this origin; only swagger-ui and
 * Bull Board need inline styles and `data:` images.
 */
export const pageHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
});

/** The headers of every response. */
export function commonHeaders(requestId: string): string[] {
  return [...securityHeaders, 'X-Request-Id', requestId];
}

export function setHeaders(response: ServerResponse, headers: HeaderList): void {
  for (let index = 0; index < headers.length; index += 2) {
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
}

/** Sends bytes unchanged, after the headers already set and `extraHeaders`. Node omits the body for HEAD. */
export function sendBytes(
  response: ServerResponse,
  { status, headers, bytes }: RawResponse,
  extraHeaders: HeaderList = [],
): void {
  const length = bytes === null ? [] : ['Content-Length', String(bytes.length)];
  response.writeHead(status, [...extraHeaders, ...headers, ...length]).end(bytes ?? undefined);
}
