import type { ServerResponse } from 'node:http';
import type { HeaderList } from './headers.js';

/** An answer whose body is ready; null where there is none, as with 304. */
export interface ReadyAnswer {
  status: number;
  headers: HeaderList;
  bytes: Buffer | null;
}

/** Sends bytes as they are. To HEAD, Node itself leaves the body out. */
export function sendBytes(
  response: ServerResponse,
  { status, headers, bytes }: ReadyAnswer,
  before: HeaderList = [],
): void {
  if (bytes === null) {
    response.writeHead(status, [...before, ...headers]).end();
  } else {
    const length = ['Content-Length', String(bytes.length)];
    response.writeHead(status, [...before, ...headers, ...length]).end(bytes);
  }
}
