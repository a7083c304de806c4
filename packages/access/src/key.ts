import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Temporal } from '@texas-ai/kernel';
import type { Scope } from './scope.js';

/** A key as it is kept: never the key itself. */
export interface ApiKey {
  id: string;
  /** The readable part, by which people and the database find it. */
  short: string;
  name: string;
  scopes: readonly Scope[];
  createdAt: Temporal.Instant;
  lastUsedAt: Temporal.Instant | null;
  revokedAt: Temporal.Instant | null;
}

/** A key in the form `texas_<short>_<long>`; the long part has 256 random bits. */
export interface NewKey {
  text: string;
  short: string;
  hash: Buffer;
}

const form = /^texas_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
const letters = 'abcdefghijklmnopqrstuvwxyz012345';

export function makeKey(): NewKey {
  // 32 letters, so that five bits choose one without a bias.
  const short = Array.from(randomBytes(8), (byte) => letters[byte % letters.length]).join('');
  const text = `texas_${short}_${randomBytes(32).toString('base64url')}`;
  return { text, short, hash: hashOf(text) };
}

/** The readable part of what has the form of a key; null for anything else. */
export function shortOf(text: string): string | null {
  return form.exec(text)?.[1] ?? null;
}

/** SHA-256: the key is random enough to need no salt and no slow hash. */
export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** In a time that does not depend on where they differ. */
export function isKey(text: string, hash: Buffer): boolean {
  return timingSafeEqual(hashOf(text), hash);
}
