import type { Clock, ErrorCode } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { probedCodes } from '../authoring/author-failures.js';
import { type GivenUp, type GiveUpDeps, giveUp } from './step-failure.js';

const batch = 500;

/** A generation that was not waited for any longer, why, and what became of it. */
export interface NotWaitedFor {
  code: ErrorCode;
  message: string;
  givenUp: GivenUp;
}

/**
 * Ends the wait of generations whose own author is held, or asked by no worker, although the character
 * wakes soon: the offline author finishes them, or they fail. With `atOnce` it also finishes, where it
 * can, what a person waits for while only an operator can bring the author back. `worked` are the authors
 * whom some worker can ask. Returns those that were given up. Rejects with `storage_unavailable`.
 */
export async function giveUpHeld(
  deps: GiveUpDeps & { clock: Clock },
  worked: readonly AuthorName[],
  { atOnce }: { atOnce: boolean },
): Promise<NotWaitedFor[]> {
  const ended: NotWaitedFor[] = [];
  const codes = atOnce && deps.fallback === 'offline' ? probedCodes : [];
  for (;;) {
    const held = await deps.store.generations.heldTooLong(deps.clock.now(), worked, batch, codes);
    for (const { id, code, reason: message } of held) {
      const givenUp = await giveUp(deps, { generationId: id, run: null }, { code, message });
      ended.push({ code, message, givenUp });
    }
    if (held.length < batch) return ended;
  }
}
