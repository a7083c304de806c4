import { TexasError } from '@texas-ai/kernel';
import type { Request, RequestHandler } from 'express';

/**
 * Refuses requests that change something and begin on another page than ours: the browser would
 * send our cookie along. One with a key in its header is no browser's doing.
 */
export function refuseCrossSite(): RequestHandler {
  return (request, _response, next) => {
    const harmless = request.method === 'GET' || request.method === 'HEAD';
    if (harmless || request.get('authorization') !== undefined || isOwn(request)) return next();
    return next(new TexasError('forbidden', 'This request does not come from this page.'));
  };
}

/** Browsers say where a request begins; those that do not say it at all are not trusted. */
function isOwn(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = request.get('origin') ?? '';
  return URL.canParse(origin) && new URL(origin).host === request.host;
}
