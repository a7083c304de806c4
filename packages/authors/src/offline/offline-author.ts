import { TexasError } from '@texas-ai/kernel';
import type { Author, AuthorCall } from '@texas-ai/life';
import { composeChapter } from './chapter.js';
import { composePlan } from './plan.js';

/**
 * An author without network or clock: it writes from the profile's material and a generic grammar, and
 * the same brief always results in the same text. Aborted calls throw `aborted`.
 */
export function makeOfflineAuthor(): Author {
  return {
    name: 'offline',
    model: null,
    version: 'offline-1',
    fingerprint: null,
    async writePlan(brief, call) {
      throwIfAborted(call);
      return composePlan(brief);
    },
    async writeChapter(brief, call) {
      throwIfAborted(call);
      return composeChapter(brief);
    },
    async probe() {
      // There is nothing to check.
    },
  };
}

function throwIfAborted({ signal }: AuthorCall): void {
  if (signal.aborted) throw new TexasError('aborted', 'The call to the author was aborted.');
}
