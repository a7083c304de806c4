import type { ServerResponse } from 'node:http';

/** An answer whose body is ready; null where there is none, as with 304. */
export interface ReadyAnswer {
  status: number;
  headers: Record<string, string>;
  bytes: Buffer | null;
}

/** Sends bytes as they are. To HEAD, Node itself leaves the body out. */
export function sendBytes(response: ServerResponse, { status, headers, bytes }: ReadyAnswer): void {
  response.statusCode = status;
  for (const name in headers) response.setHeader(name, headers[name] ?? '');
  if (bytes === null) return void response.end();
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}
