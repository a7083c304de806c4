import { expect, test } from '@jest/globals';
import { buildGeneration, makeLogSpy } from '@texas-ai/testing';
import { announceDay } from './announce-day.js';

test('a day is dropped from the cache before it is announced, and once more unless it is the first of its date', async () => {
  for (const ordinal of [1, 2]) {
    const done: unknown[] = [];
    await announceDay(
      {
        cache: { drop: async (_key, options) => void done.push(options) },
        announcer: { announce: async (announcement) => void done.push(announcement) },
        logger: makeLogSpy(),
        workerMetrics: { generation: () => undefined },
      },
      buildGeneration({ ordinal }),
    );
    const first = ordinal === 1;
    expect(done).toEqual([
      { again: !first },
      expect.objectContaining({ kind: 'day.published', first }),
    ]);
  }
});
