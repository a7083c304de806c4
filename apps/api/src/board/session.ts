import { hkdfSync } from 'node:crypto';
import { TexasError } from '@texas-ai/kernel';
import cookieSession from 'cookie-session';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';

/** After this the browser must sign in again. */
const sessionSeconds = 12 * 3600;

const sessionSchema = z.object({ keyId: z.string(), until: z.number() });

/**
 * A session in a signed cookie: inaccessible to scripts, limited to this path, and never sent with
 * cross-site requests. It holds the key's id, not the key. All api processes with the same bootstrap key
 * accept it.
 */
export function boardSession(path: string, internalApiKey: string): RequestHandler {
  const secret = Buffer.from(hkdfSync('sha256', internalApiKey, '', 'texas-ai board session', 32));
  return cookieSession({
    name: 'texas_board',
    keys: [secret.toString('base64')],
    path,
    httpOnly: true,
    sameSite: 'strict',
    maxAge: sessionSeconds * 1000,
  });
}

/** `nowMs` is in epoch milliseconds. */
export function openSession(request: Request, keyId: string, nowMs: number): void {
  request.session = { keyId, until: nowMs + sessionSeconds * 1000 };
}

/** The id of the session's key; null without a valid session. */
export function sessionKeyId(request: Request, nowMs: number): string | null {
  const session = sessionSchema.safeParse({ ...request.session }).data;
  return session !== undefined && session.until > nowMs ? session.keyId : null;
}

export function endSession(request: Request): void {
  request.session = null;
}

/** CSRF protection: rejects unsafe requests from other sites, unless they carry a key in their header. */
export function rejectCrossSite(): RequestHandler {
  return (request, _response, next) => {
    const safe = request.method === 'GET' || request.method === 'HEAD';
    if (safe || request.get('authorization') !== undefined || isSameOrigin(request)) return next();
    return next(new TexasError('forbidden', 'Cross-site requests are not allowed.'));
  };
}

/** False if the browser sends neither header. */
function isSameOrigin(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = request.get('origin') ?? '';
  return URL.canParse(origin) && new URL(origin).host === request.host;
}
