import { createHash, timingSafeEqual } from 'node:crypto';
import { TexasError } from '@texas-ai/kernel';
import type { RequestHandler } from 'express';

/** Lets a request pass that carries the bootstrap key as `Authorization: Bearer …`; 401 otherwise. */
export function authenticate(internalApiKey: string): RequestHandler {
  const expected = digest(internalApiKey);
  return (request, response, next) => {
    const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return next();
    response.set('WWW-Authenticate', 'Bearer realm="texas-ai"');
    return next(
      new TexasError('unauthorized', 'Send a key as “Authorization: Bearer …”.', {
        details: { field: 'Authorization' },
      }),
    );
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
