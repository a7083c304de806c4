import { TexasError } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import type { GenerationNeeds, RequestState } from '../store.js';
import { type Generation, isInFlight } from './generation.js';

/** What becomes of a request for a day. */
export type RequestDecision =
  /** A blind repeat: answered again, nothing is done. */
  | { kind: 'repeat'; generation: Generation }
  /** There is one in flight already. */
  | { kind: 'join'; needs: GenerationNeeds }
  /** A failed one goes on where it stopped. */
  | { kind: 'revive'; generation: Generation }
  /** Another begins after the newest, which is cancelled if it is in flight. */
  | { kind: 'begin'; newest: Generation | null };

/**
 * `begunSince` tells that the newest was begun since the request came.
 * Throws `invalid_request` where the idempotency key was used for another request.
 */
export function decideRequest(
  { newest, repeated }: Pick<RequestState, 'newest' | 'repeated'>,
  request: { character: string; date: string; fresh: boolean },
  { author, begunSince }: { author: AuthorName; begunSince: boolean },
): RequestDecision {
  if (repeated) {
    const { generation, fresh } = repeated;
    const same =
      generation.character === request.character &&
      generation.date === request.date &&
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
    // Another author does not go on with what this one began: a day has one hand.
    const hands = [generation.author, generation.fallback?.from];
    if (generation.status === 'failed' && hands.includes(author)) {
      return { kind: 'revive', generation };
    }
  }
  return { kind: 'begin', newest: generation };
}
