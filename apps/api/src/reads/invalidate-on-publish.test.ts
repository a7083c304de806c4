import { expect, test } from '@jest/globals';
import type { Announcement } from '@texas-ai/jobs';
import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { invalidateOnPublish } from './invalidate-on-publish.js';

function invalidating(dropDay: (character: string, date: string) => Promise<void>) {
  const listeners: ((announcement: Announcement) => void)[] = [];
  const reconnectListeners: (() => void)[] = [];
  const logger = makeLogSpy();
  let emptied = 0;
  invalidateOnPublish({
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

test('a day that is published again is dropped; a first one and progress drop nothing', () => {
  const dropped: string[][] = [];
  const { announce, emptied } = invalidating(async (...day) => void dropped.push(day));
  announce({ kind: 'generation.progressed', generationId });
  announce({ kind: 'day.published', character: 'texas', date: '2026-11-23', generationId });
  const first = {
    kind: 'day.published',
    character: 'texas',
    date: '2026-11-24',
    first: true,
  } as const;
  announce({ ...first, generationId });
  expect(dropped).toEqual([['texas', '2026-11-23']]);
  expect(emptied()).toBe(0);
});

test('memory is emptied when announcements may have been missed', () => {
  const { reconnect, emptied } = invalidating(async () => undefined);
  reconnect();
  expect(emptied()).toBe(1);
});

test('a failure to drop from Redis is logged', async () => {
  const { announce, logger } = invalidating(async () => {
    throw new TexasError('queue_unavailable', 'The cache does not respond.');
  });
  announce({ kind: 'day.published', character: 'texas', date: '2026-11-23', generationId });
  await Promise.resolve();
  await Promise.resolve();
  expect(logger.lines.map(({ level }) => level)).toEqual(['warn']);
});
