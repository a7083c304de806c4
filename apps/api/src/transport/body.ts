import type { IncomingMessage, ServerResponse } from 'node:http';
import { TexasError } from '@texas-ai/kernel';
import express, { type RequestHandler } from 'express';

export const mostBodyBytes = 100 * 1024;

/** Whether a body follows, of whatever length. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0' } = headers;
  return length !== '0' || headers['transfer-encoding'] !== undefined;
}

/** Milliseconds that a body may go on coming after the answer, so that the client gets to read that. */
const lingerMs = 1_000;

/** Cuts off what is left of a body once its request was answered: nobody reads it any more. */
export function cutOffAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return;
    const { socket } = request;
    const cut = setTimeout(() => socket.destroy(), lingerMs).unref();
    request.once('end', () => clearTimeout(cut)).resume();
  });
}

/** The refusal of a body that says outright to be too large; null for all others. */
export function refusalOfLarge({ headers }: IncomingMessage): TexasError | null {
  return Number(headers['content-length'] ?? 0) > mostBodyBytes ? tooLarge() : null;
}

/** Reads a body of JSON, 100 kB at most and not compressed; none at all is fine as well. */
export function jsonBody(): RequestHandler {
  const parse = express.json({ limit: mostBodyBytes, inflate: false });
  return (request, response, next) => {
    if (hasBody(request) && !request.is('application/json')) {
      const message = 'Send the body as application/json.';
      return next(
        new TexasError('unsupported_media_type', message, { details: { field: 'Content-Type' } }),
      );
    }
    // The parser would read a body that is too large to its end before it says so.
    let received = 0;
    let refused = false;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received <= mostBodyBytes || refused) return;
      refused = true;
      next(tooLarge());
    });
    return parse(request, response, (error?: unknown) => {
      if (!refused) next(error);
    });
  };
}

function tooLarge(): TexasError {
  const message = `The body may have ${mostBodyBytes / 1024} kB at most.`;
  return new TexasError('body_too_large', message, { details: { field: 'body' } });
}
