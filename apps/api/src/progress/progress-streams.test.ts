import { once } from 'node:events';
import http from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type ProgressEvent, progressEventSchema } from '@texas-ai/life';
import { testServices, until } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
let day = 1;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => {
  api.steps.waiting.length = 0;
});

async function requestGeneration(): Promise<string> {
  const date = `2026-10-${String(day++).padStart(2, '0')}`;
  const response = await api.post(`/v1/characters/texas/days/${date}/generations`);
  return ((await response.json()) as { id: string }).id;
}

/** The events of a stream as they arrive; `ended` resolves with all of them. */
async function follow(id: string, headers: Record<string, string> = {}) {
  const response = await api.get(`/v1/generations/${id}/events`, headers);
  const events: ProgressEvent[] = [];
  const waiters = new Set<() => void>();
  let text = '';
  let over = false;
  const ended = (async () => {
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      events.length = 0;
      for (const [, data = ''] of text.matchAll(/^data: ?(.*)$/gm)) {
        events.push(progressEventSchema.parse(JSON.parse(data)));
      }
      for (const waiter of waiters) waiter();
    }
    over = true;
    for (const waiter of waiters) waiter();
    return events;
  })();
  async function until(done: () => boolean): Promise<void> {
    while (!done() && !over) {
      await new Promise<void>((resolve) => {
        waiters.add(resolve);
      });
    }
  }
  return { response, events, ended, until, text: () => text };
}

const types = (events: readonly ProgressEvent[]) => events.map(({ type }) => type);
const allTypes = ['queued', 'planning', 'planned', ...Array(4).fill('chapter'), 'published'];

test('a stream has all events from request to published day, then ends', async () => {
  const id = await requestGeneration();
  const early = await follow(id);
  expect(early.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(early.response.headers.get('cache-control')).toMatch(/no-transform/);
  await early.until(() => early.events.length === 1);
  await api.work();
  const events = await early.ended;
  expect(types(events)).toEqual(allTypes);
  expect(events.at(-1)?.chapters).toEqual({ total: 4, written: 4 });
  expect(early.text()).toMatch(/^retry: ?2000$/m);

  const late = await follow(id);
  expect(types(await late.ended)).toEqual(allTypes);
  const again = await follow(id, { 'last-event-id': '5' });
  expect(types(await again.ended)).toEqual(['chapter', 'chapter', 'published']);
  const enough = await follow(id, { 'last-event-id': events.at(-1)?.id ?? '' });
  expect(enough.response.status).toBe(204);
});

test('cancelled and failed generations end their streams, failures with their error', async () => {
  const cancelled = await follow(await requestGeneration());
  await cancelled.until(() => cancelled.events.length === 1);
  const id = cancelled.events[0]?.generation ?? '';
  await fetch(`${api.url}/v1/generations/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${internalKey}` },
  });
  expect(types(await cancelled.ended)).toEqual(['queued', 'cancelled']);

  const failed = await requestGeneration();
  await api.db.store.generations.fail(failed, null, {
    code: 'author_timeout',
    message: 'Too slow.',
  });
  const events = await (await follow(failed)).ended;
  expect(events.at(-1)).toMatchObject({
    type: 'failed',
    error: { code: 'author_timeout', message: 'Too slow.' },
  });
});

test('an unknown generation is a problem; HEAD opens no stream', async () => {
  const path = '/v1/generations/019aafe0-0000-7000-8000-000000000000/events';
  const unknown = await api.get(path);
  expect([unknown.status, unknown.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ]);
  const head = await fetch(`${api.url}/v1/generations/${await requestGeneration()}/events`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${internalKey}` },
  });
  expect([head.status, head.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  expect(api.deps.streams.size()).toBe(0);
});

test('a tick recovers from a lost announcement and keeps streams alive', async () => {
  const id = await requestGeneration();
  const stream = await follow(id);
  await stream.until(() => stream.events.length === 1);
  // Stored without an announcement.
  await api.db.store.generations.fail(id, null, { code: 'author_timeout', message: 'Too slow.' });
  api.deps.streams.tick();
  expect(types(await stream.ended)).toEqual(['queued', 'failed']);
  expect(stream.text()).toMatch(/^:/m);
});

test('a database outage ends no stream, and rejects new ones', async () => {
  const { generations } = api.deps.store;
  const { findAll } = generations;
  const stream = await follow(await requestGeneration());
  await stream.until(() => stream.events.length === 1);
  generations.findAll = () => Promise.reject(new Error('away'));
  try {
    const refused = await api.get(`/v1/generations/${stream.events[0]?.generation}/events`);
    expect([refused.status, (await refused.json()) as object]).toMatchObject([
      503,
      { code: 'storage_unavailable' },
    ]);
  } finally {
    generations.findAll = findAll;
  }
  await api.work();
  expect(types(await stream.ended)).toEqual(allTypes);
});

test('a client that left before following leaks nothing', async () => {
  const { streams } = api.deps;
  const request = new http.IncomingMessage(new Socket());
  const response = new http.ServerResponse(request);
  request.socket.destroy();
  await streams.follow(request, response, {
    generationId: await requestGeneration(),
    keyId: 'one',
  });
  expect(streams.size()).toBe(0);
});

test('ids are case-insensitive', async () => {
  const id = await requestGeneration();
  const stream = await follow(id.toUpperCase());
  await stream.until(() => stream.events.length === 1);
  await api.work();
  expect(types(await stream.ended)).toEqual(allTypes);
});

test('a revoked key closes its own streams only', async () => {
  const id = await requestGeneration();
  const key = await api.makeKey('read');
  const other = await follow(id);
  const revoked = await follow(id, { authorization: `Bearer ${key}` });
  await revoked.until(() => revoked.events.length === 1);
  await api.db.database('api_keys').update({ revoked_at: api.db.database.fn.now() });
  await api.deps.keys.sweep();
  expect(types(await revoked.ended)).toEqual(['queued']);
  const again = await api.get(`/v1/generations/${id}/events`, { authorization: `Bearer ${key}` });
  expect(again.status).toBe(401);
  await api.work();
  expect(types(await other.ended)).toEqual(allTypes);
});

test('followers are announced, so that workers announce progress', async () => {
  const redis = new Redis(testServices().redisUrl);
  const heard: string[] = [];
  redis.on('message', (_channel, text: string) => heard.push(JSON.parse(text).kind));
  await redis.subscribe(`${api.prefix}:announcements`);
  const isFollowed = () => heard.filter((kind) => kind === 'progress.followed').length;
  api.deps.streams.tick();
  const id = await requestGeneration();
  const stream = await follow(id);
  await until(() => isFollowed() === 1);
  api.deps.streams.tick();
  await until(() => isFollowed() === 2);
  await api.work();
  await stream.ended;
  redis.disconnect();
});

test('a thousand streams share one subscription and leak nothing', async () => {
  const redis = new Redis(testServices().redisUrl);
  const subscribers = () => redis.call('PUBSUB', 'NUMSUB', `${api.prefix}:announcements`);
  const before = await subscribers();
  const id = await requestGeneration();
  const agent = new http.Agent({ maxSockets: 1000 });
  const headers = { authorization: `Bearer ${internalKey}` };
  const clients = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const clientRequest = http.get(`${api.url}/v1/generations/${id}/events`, { agent, headers });
      const [response] = (await once(clientRequest, 'response')) as [http.IncomingMessage];
      response.on('error', () => undefined);
      await once(response, 'readable');
      return { clientRequest, response };
    }),
  );
  expect(api.deps.streams.size()).toBe(1000);
  expect(await subscribers()).toEqual(before);

  for (const { clientRequest } of clients.slice(0, 500)) clientRequest.destroy();
  const rest = clients.slice(500).map(async ({ response }) => {
    let text = '';
    for await (const chunk of response) text += chunk;
    return text;
  });
  await api.work();
  for (const text of await Promise.all(rest)) expect(text).toMatch(/^event: ?published$/m);
  expect(api.deps.streams.size()).toBe(0);
  agent.destroy();
  redis.disconnect();
});
