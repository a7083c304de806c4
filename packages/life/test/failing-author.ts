import { TexasError } from '@texas-ai/kernel';
import { makeScriptedAuthor } from '@texas-ai/testing';

/** An author whose calls all fail with this code. */
export function makeFailingAuthor(code: ConstructorParameters<typeof TexasError>[0], details = {}) {
  const failure = new TexasError(code, 'It failed.', { details });
  const fail = () => {
    throw failure;
  };
  return { failure, author: makeScriptedAuthor({ plan: fail, chapter: fail }) };
}

/** A reservation in a bucket, or the time until there is room. */
export const makeCallReservation = (waitMs: number) => ({
  waitMs,
  release: async () => undefined,
  used: async () => undefined,
});
