import type { IncomingMessage, ServerResponse } from 'node:http';
import { TexasError } from '@texas-ai/kernel';
import express, { type RequestHandler } from 'express';

export const maxBodyBytes = 100 * 1024;

export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0' } = headers;
  return length !== '0' || headers['transfer-encoding'] !== undefined;
}

/** How long an unread body may keep arriving after the response, so that the client can read it. */
const lingerMs = 1_000;

/** Closes the connection if the body is still arriving some time after the response was sent. */
export function discardUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return;
    const { socket } = request;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    request.once('end', () => clearTimeout(timer)).resume();
  });
}

/** An error if `Content-Length` exceeds the limit, otherwise null. */
export function declaredTooLarge({ headers }: IncomingMessage): TexasError | null {
  return Number(headers['content-length'] ?? 0) > maxBodyBytes ? bodyTooLarge() : null;
}

/** Parses an optional, uncompressed JSON body of at most 100 kB. */
export function jsonBody(): RequestHandler {
  const parse = express.json({ limit: maxBodyBytes, inflate: false });
  return (request, response, next) => {
    if (hasBody(request) && !request.is('application/json')) {
      const message = 'Send the body as application/json.';
      return next(
        new TexasError('unsupported_media_type', message, { details: { field: 'Content-Type' } }),
      );
    }
    // The parser reports an oversized chunked body only after reading all of it.
    let received = 0;
    let rejected = false;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received <= maxBodyBytes || rejected) return;
      rejected = true;
      next(bodyTooLarge());
    });
    return parse(request, response, (error?: unknown) => {
      if (!rejected) next(error);
    });
  };
}

function bodyTooLarge(): TexasError {
  const message = `The body must not exceed ${maxBodyBytes / 1024} kB.`;
  return new TexasError('body_too_large', message, { details: { field: 'body' } });
}
