import { TexasError } from '@texas-ai/kernel';
import express, { type RequestHandler } from 'express';

/** Reads a body of JSON, 100 kB at most and not compressed; none at all is fine as well. */
export function jsonBody(): RequestHandler {
  const parse = express.json({ limit: '100kb', inflate: false });
  return (request, response, next) => {
    const empty =
      !request.get('transfer-encoding') && Number(request.get('content-length') ?? 0) === 0;
    if (empty || request.is('application/json')) return parse(request, response, next);
    return next(
      new TexasError('unsupported_media_type', 'Send the body as application/json.', {
        details: { field: 'Content-Type' },
      }),
    );
  };
}
