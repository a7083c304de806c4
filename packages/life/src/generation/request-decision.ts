import { TexasError } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { type Generation, isInFlight } from './generation.js';
import type { RequestState, StoredRequest } from './request-repository.js';
import type { GenerationNeeds } from './steps.js';

/** How to handle a request for a day. */
export type RequestDecision =
  /** A repeated request: returns the same generation, does nothing. */
  | { kind: 'repeat'; generation: Generation }
  /** A generation is in flight already. */
  | { kind: 'join'; needs: GenerationNeeds }
  /** A failed generation continues where it stopped. */
  | { kind: 'resume'; generation: Generation }
  /** A new generation begins; the newest one is cancelled if it is in flight. */
  | { kind: 'begin'; newest: Generation | null };

/**
 * `begunSince`: the newest generation began after the request arrived.
 * Throws `invalid_request` if the idempotency key was used for another request.
 */
export function decideRequest(
  { newest, repeated }: Pick<RequestState, 'newest' | 'repeated'>,
  request: Pick<StoredRequest, 'character' | 'date' | 'fresh'>,
  { author, begunSince }: { author: AuthorName; begunSince: boolean },
): RequestDecision {
  if (repeated) {
    const { generation, fresh } = repeated;
    const same =
      generation.character === request.character &&
      generation.date.equals(request.date) &&
      fresh === request.fresh;
    if (same) return { kind: 'repeat', generation };
    throw new TexasError('invalid_request', 'This Idempotency-Key was used for another request.', {
      details: { field: 'Idempotency-Key' },
    });
  }
  if (newest === null) return { kind: 'begin', newest: null };
  const { generation } = newest;
  if (!request.fresh || begunSince) {
    if (isInFlight(generation.status)) return { kind: 'join', needs: newest };
    // A day keeps the style of one author, so a different author does not continue it.
    const authors = [generation.author, generation.fallback?.from];
    if (generation.status === 'failed' && authors.includes(author)) {
      return { kind: 'resume', generation };
    }
  }
  return { kind: 'begin', newest: generation };
}
