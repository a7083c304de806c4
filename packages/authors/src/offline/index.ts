import { TexasError } from '@texas-ai/kernel';
import type { Author, AuthorCall } from '@texas-ai/life';
import { composeChapter } from './chapter.js';
import { composePlan } from './plan.js';

/**
 * The author without a network and without a clock: it writes from the profile's own material and a
 * generic grammar, and the same brief always gives the same text. Aborted calls throw `aborted`.
 */
export function makeOfflineAuthor(): Author {
  return {
    name: 'offline',
    model: null,
    version: 'offline-1',
    fingerprint: null,
    async writePlan(brief, call) {
      refuseAborted(call);
      return composePlan(brief);
    },
    async writeChapter(brief, call) {
      refuseAborted(call);
      return composeChapter(brief);
    },
    async probe() {
      // Nobody can refuse it.
    },
  };
}

function refuseAborted({ signal }: AuthorCall): void {
  if (signal.aborted) throw new TexasError('aborted', 'The call to the author was aborted.');
}
