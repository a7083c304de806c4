import { describe, expect, jest, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { buildGeneration, makeScriptedAuthor } from '@texas-ai/testing';
import { type AskAuthorDeps, askAuthor } from './ask-author.js';
import type { CallMeter } from './call-meter.js';

const signal = new AbortController().signal;
const author = { ...makeScriptedAuthor({ name: 'gemini' }), fingerprint: 'a-key' };

/** A meter that notes how its call ended, and the deps around it. */
function makeDeps() {
  const ends: unknown[] = [];
  const meter: CallMeter = {
    begin: async () => ({
      end: async (outcome) => void ends.push(outcome),
      endWith: async (_usage, write) => {
        const written = await write({ id: 'call', outcome: 'answered', usage: null });
        ends.push('with the result');
        return written;
      },
    }),
  };
  const store = { generations: { touch: async () => undefined } };
  const deps = { meter, store, heartbeatMs: 60_000, storeRetryMs: 0 } as unknown as AskAuthorDeps;
  return { ends, deps };
}

const task = {
  generation: buildGeneration(),
  step: 'write-chapter' as const,
  chapter: 0,
  author,
  plannedCalls: 5,
  ask: async () => 'an answer',
  check: (answer: unknown) => ({ value: answer }),
  store: async (value: unknown) => value,
};

describe('the call of an answer', () => {
  test('ends with what it gave', async () => {
    const { ends, deps } = makeDeps();
    const store = jest.fn(async (value: unknown, call: unknown) => [value, call]);
    expect(await askAuthor(deps, { ...task, store }, signal)).toEqual([
      'an answer',
      { id: 'call', outcome: 'answered', usage: null },
    ]);
    expect(ends).toEqual(['with the result']);
  });

  test('ends if the check or the storage fails', async () => {
    const { ends, deps } = makeDeps();
    const broken = () => {
      throw new RangeError('A fault of the check.');
    };
    await expect(askAuthor(deps, { ...task, check: broken }, signal)).rejects.toThrow('A fault');
    const store = async () => {
      throw new TexasError('storage_conflict', 'Another row.');
    };
    await expect(askAuthor(deps, { ...task, store }, signal)).rejects.toThrow('Another row.');
    expect(ends).toEqual(['answered', 'answered']);
  });

  test('of an author that bills nothing does not exist', async () => {
    const { ends, deps } = makeDeps();
    const free = { ...author, fingerprint: null };
    const store = async (_value: unknown, call: unknown) => call;
    expect(await askAuthor(deps, { ...task, author: free, store }, signal)).toBeNull();
    expect(ends).toEqual([]);
  });
});
