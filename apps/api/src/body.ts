import { TexasError } from '@texas-ai/kernel';
import express, { type RequestHandler } from 'express';

const mostBytes = 100 * 1024;

/** Reads a body of JSON, 100 kB at most and not compressed; none at all is fine as well. */
export function jsonBody(): RequestHandler {
  const parse = express.json({ limit: mostBytes, inflate: false });
  return (request, response, next) => {
    const length = Number(request.get('content-length') ?? 0);
    const empty = !request.get('transfer-encoding') && length === 0;
    if (!empty && !request.is('application/json')) {
      const message = 'Send the body as application/json.';
      return next(
        new TexasError('unsupported_media_type', message, { details: { field: 'Content-Type' } }),
      );
    }
    if (length > mostBytes) return next(tooLarge());
    // The parser would read a body that is too large to its end before it says so.
    let received = 0;
    let refused = false;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received <= mostBytes || refused) return;
      refused = true;
      next(tooLarge());
    });
    return parse(request, response, (error?: unknown) => {
      if (!refused) next(error);
    });
  };
}

function tooLarge(): TexasError {
  const message = `The body may have ${mostBytes / 1024} kB at most.`;
  return new TexasError('body_too_large', message, { details: { field: 'body' } });
}
