import { TexasError } from '@texas-ai/kernel';
import { makeScriptedAuthor } from '@texas-ai/testing';

/** An author of whom every call fails so. */
export function makeFailingAuthor(code: ConstructorParameters<typeof TexasError>[0], details = {}) {
  const failure = new TexasError(code, 'It failed.', { details });
  const fail = () => {
    throw failure;
  };
  return { failure, author: makeScriptedAuthor({ plan: fail, chapter: fail }) };
}

/** Room in a bucket, or none for so long. */
export const makeCallRoom = (fullForMs: number) => ({
  fullForMs,
  release: async () => undefined,
  used: async () => undefined,
});
