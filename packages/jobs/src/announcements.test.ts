import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, jest, test } from '@jest/globals';
import { fakeOnly, makeLogSpy, startStallingProxy, testServices } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import {
  type Announcement,
  announceProgress,
  listenToAnnouncements,
  makeAnnouncer,
} from './announcements.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const published: Announcement = {
  kind: 'day.published',
  character: 'texas',
  date: '2026-11-23',
  generationId: 'g',
};
const progressed: Announcement = { kind: 'generation.progressed', generationId: 'g' };

async function set() {
  const { redisUrl } = testServices();
  const channel = `texas:test:${randomUUID()}`;
  const connection = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  open.push({ close: () => connection.disconnect() });
  await once(connection, 'ready');
  // A user of its own, by whom its connections are told from those of other tests.
  const user = randomUUID();
  await connection.call('ACL', 'SETUSER', user, 'on', '>x', 'allchannels', '+@all');
  const url = Object.assign(new URL(redisUrl), { username: user, password: 'x' }).href;
  const announcements = listenToAnnouncements({ url, logger: makeLogSpy(), channel });
  open.push(announcements);
  await announcements.ready();
  return {
    channel,
    user,
    connection,
    announcer: makeAnnouncer({ connection, channel }),
    announcements,
  };
}

test('every listener receives all announcements in order, and no invalid ones', async () => {
  const { channel, connection, announcer, announcements } = await set();
  const heard: Announcement[][] = [[], []];
  const all = new Promise<void>((resolve) => {
    announcements.onAnnouncement((each) => heard[0]?.push(each));
    announcements.onAnnouncement((each) => {
      heard[1]?.push(each);
      if (each.kind === 'generation.progressed') resolve();
    });
  });
  const stop = announcements.onAnnouncement(() => heard.push([]));
  stop();
  await announcer.announce(published);
  await connection.publish(channel, 'not JSON');
  await connection.publish(channel, '{"kind":"of another release"}');
  await announcer.announce(progressed);
  await all;
  expect(heard).toEqual([
    [published, progressed],
    [published, progressed],
  ]);
});

test('progress is announced while somebody follows it, and for a while after the start', async () => {
  jest.useFakeTimers(fakeOnly('performance'));
  try {
    const announced: Announcement[] = [];
    let hear: (announcement: Announcement) => void = () => undefined;
    let reconnect: () => void = () => undefined;
    const onProgress = announceProgress({
      announcer: { announce: async (each) => void announced.push(each) },
      announcements: {
        onAnnouncement: (listener) => {
          hear = listener;
          return () => undefined;
        },
        onReconnect: (listener) => {
          reconnect = listener;
          return () => undefined;
        },
      },
      logger: makeLogSpy(),
    });
    const announcesAfter = (ms: number) => {
      jest.advanceTimersByTime(ms);
      onProgress('g');
      return announced.splice(0).length === 1;
    };
    expect([announcesAfter(0), announcesAfter(31_000)]).toEqual([true, false]);
    hear(progressed);
    expect(announcesAfter(0)).toBe(false);
    hear({ kind: 'progress.followed' });
    expect([announcesAfter(29_000), announcesAfter(2_000)]).toEqual([true, false]);
    // Followers may have been missed.
    reconnect();
    expect([announcesAfter(29_000), announcesAfter(2_000)]).toEqual([true, false]);
  } finally {
    jest.useRealTimers();
  }
});

test('a lost connection reconnects and notifies its listeners', async () => {
  const { user, connection, announcer, announcements } = await set();
  const back = new Promise<void>((resolve) => {
    announcements.onReconnect(resolve);
  });
  await connection.call('CLIENT', 'KILL', 'USER', user);
  await back;
  const heard = new Promise((resolve) => announcements.onAnnouncement(resolve));
  await announcer.announce(progressed);
  expect(await heard).toEqual(progressed);
});

test('a connection to a server that stopped replying is replaced', async () => {
  const url = new URL(testServices().redisUrl);
  const proxy = await startStallingProxy(Number(url.port));
  open.push({ close: () => proxy.stop() });
  url.port = String(proxy.port);
  const announcements = listenToAnnouncements({
    url: url.href,
    logger: makeLogSpy(),
    channel: `texas:test:${randomUUID()}`,
    checkMs: 20,
    silenceMs: 100,
  });
  open.push(announcements);
  await announcements.ready();
  const back = new Promise<void>((resolve) => {
    announcements.onReconnect(resolve);
  });
  // The old connection never comes back; new ones are fine.
  proxy.stall();
  proxy.acceptNew();
  await back;
});

test('announcing fails with a code while Redis is unavailable', async () => {
  const { connection, announcer } = await set();
  connection.disconnect();
  await expect(announcer.announce(progressed)).rejects.toMatchObject({ code: 'queue_unavailable' });
});
