import { hkdfSync } from 'node:crypto';
import cookieSession from 'cookie-session';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';

/** Seconds after which the key is asked for again. */
const sessionSeconds = 12 * 3600;

const sessionSchema = z.object({ keyId: z.string(), until: z.number() });

/**
 * A signed cookie that scripts cannot read, that is sent to this path alone and never with requests
 * that begin on another site. It names the key and does not hold it. Every api process with the same
 * bootstrap key accepts it.
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

/** The id of the key that opened the session; null without one that is still good. */
export function sessionKeyId(request: Request, nowMs: number): string | null {
  const session = sessionSchema.safeParse({ ...request.session }).data;
  return session !== undefined && session.until > nowMs ? session.keyId : null;
}

export function endSession(request: Request): void {
  request.session = null;
}
