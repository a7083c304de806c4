import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** Names and values in turn, which is the form that Node writes fastest. */
export type HeaderList = readonly string[];

/** Helmet's headers. None of them depends on a request, so they are made once. */
const safe: HeaderList = (() => {
  const headers: string[] = [];
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  response.setHeader = (name, value) => {
    headers.push(name, String(value));
    return response;
  };
  const contentSecurityPolicy = {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  };
  helmet({ contentSecurityPolicy })(request, response, () => undefined);
  return headers;
})();

/** The headers that every answer begins with. */
export function commonHeaders(requestId: string): string[] {
  return [...safe, 'X-Request-Id', requestId];
}

export function setHeaders(response: ServerResponse, headers: HeaderList): void {
  for (let index = 0; index < headers.length; index += 2) {
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
}
