import { expect, test } from '@jest/globals';
import type { Announcement } from '@texas-ai/jobs';
import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { keepFresh } from './invalidate-on-publish.js';

function kept(dropDay: (character: string, date: string) => Promise<void>) {
  const listeners: ((announcement: Announcement) => void)[] = [];
  const reconnectListeners: (() => void)[] = [];
  const logger = makeLogSpy();
  let emptied = 0;
  keepFresh({
    announcements: {
      onAnnouncement: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
      onReconnect: (listener) => {
        reconnectListeners.push(listener);
        return () => undefined;
      },
    },
    readers: { dropDay },
    cache: { emptyMemory: () => emptied++ },
    logger,
  });
  return {
    announce: (announcement: Announcement) => listeners.map((listen) => listen(announcement)),
    reconnect: () => reconnectListeners.map((listen) => listen()),
    emptied: () => emptied,
    logger,
  };
}

const generationId = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';

test('a published day is dropped, what only progressed is not', () => {
  const dropped: string[][] = [];
  const { announce, emptied } = kept(async (...day) => void dropped.push(day));
  announce({ kind: 'generation.progressed', generationId });
  announce({ kind: 'day.published', character: 'texas', date: '2026-11-23', generationId });
  expect(dropped).toEqual([['texas', '2026-11-23']]);
  expect(emptied()).toBe(0);
});

test('after a time in which announcements may have been lost memory is emptied', () => {
  const { reconnect, emptied } = kept(async () => undefined);
  reconnect();
  expect(emptied()).toBe(1);
});

test('a Redis that does not take the drop is told of in the log', async () => {
  const { announce, logger } = kept(async () => {
    throw new TexasError('queue_unavailable', 'The cache does not answer.');
  });
  announce({ kind: 'day.published', character: 'texas', date: '2026-11-23', generationId });
  await Promise.resolve();
  await Promise.resolve();
  expect(logger.lines.map(({ level }) => level)).toEqual(['warn']);
});
