import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Temporal } from '@texas-ai/kernel';

/** What a key may do; each includes the ones before it. */
export const scopes = ['read', 'generate', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Whether a key with the given scopes may do what requires `needed`. */
export function allows(given: readonly Scope[], needed: Scope): boolean {
  return given.some((scope) => scopes.indexOf(scope) >= scopes.indexOf(needed));
}

/** A stored key, without the key itself. */
export interface ApiKey {
  id: string;
  /** The readable part, which identifies the key. */
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

const keyPattern = /^texas_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
const letters = 'abcdefghijklmnopqrstuvwxyz012345';

export function makeKey(): NewKey {
  // 32 letters divide 256, so the choice has no bias.
  const short = Array.from(randomBytes(8), (byte) => letters[byte % letters.length]).join('');
  const text = `texas_${short}_${randomBytes(32).toString('base64url')}`;
  return { text, short, hash: hashKey(text) };
}

/** The readable part of a key; null if the text does not have the form of one. */
export function shortPartOf(text: string): string | null {
  return keyPattern.exec(text)?.[1] ?? null;
}

/** SHA-256: a random key needs no salt and no slow hash. */
export function hashKey(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Compares in constant time. */
export function matchesHash(text: string, hash: Buffer): boolean {
  return timingSafeEqual(hashKey(text), hash);
}
