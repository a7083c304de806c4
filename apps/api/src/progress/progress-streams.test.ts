import { once } from 'node:events';
import http from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type ProgressEvent, progressEventSchema } from '@texas-ai/life';
import { testServices } from '@texas-ai/testing';
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

async function aGeneration(): Promise<string> {
  const date = `2026-10-${String(day++).padStart(2, '0')}`;
  const response = await api.post(`/v1/characters/texas/days/${date}/generations`);
  return ((await response.json()) as { id: string }).id;
}

/** The events of a stream as they come; `ended` tells all of them once it has ended. */
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
const whole = ['queued', 'planning', 'planned', ...Array(4).fill('chapter'), 'published'];

test('a stream tells of everything from the request to the published day, then ends', async () => {
  const id = await aGeneration();
  const early = await follow(id);
  expect(early.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(early.response.headers.get('cache-control')).toMatch(/no-transform/);
  await early.until(() => early.events.length === 1);
  await api.work();
  const events = await early.ended;
  expect(types(events)).toEqual(whole);
  expect(events.at(-1)?.chapters).toEqual({ total: 4, written: 4 });
  expect(early.text()).toMatch(/^retry: ?2000$/m);

  const late = await follow(id);
  expect(types(await late.ended)).toEqual(whole);
  const again = await follow(id, { 'last-event-id': '5' });
  expect(types(await again.ended)).toEqual(['chapter', 'chapter', 'published']);
  const enough = await follow(id, { 'last-event-id': events.at(-1)?.id ?? '' });
  expect(enough.response.status).toBe(204);
});

test('a cancelled and a failed generation end their streams, the failure with its words', async () => {
  const cancelled = await follow(await aGeneration());
  await cancelled.until(() => cancelled.events.length === 1);
  const id = cancelled.events[0]?.generation ?? '';
  await fetch(`${api.url}/v1/generations/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${internalKey}` },
  });
  expect(types(await cancelled.ended)).toEqual(['queued', 'cancelled']);

  const failed = await aGeneration();
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

test('what cannot be followed is a problem before anything is sent; HEAD opens no stream', async () => {
  const path = '/v1/generations/019aafe0-0000-7000-8000-000000000000/events';
  const unknown = await api.get(path);
  expect([unknown.status, unknown.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ]);
  const head = await fetch(`${api.url}/v1/generations/${await aGeneration()}/events`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${internalKey}` },
  });
  expect([head.status, head.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  expect(api.deps.streams.size()).toBe(0);
});

test('a lost announcement is made up for, and a quiet stream is kept alive', async () => {
  const id = await aGeneration();
  const stream = await follow(id);
  await stream.until(() => stream.events.length === 1);
  // Stored without a word to anybody.
  await api.db.store.generations.fail(id, null, { code: 'author_timeout', message: 'Too slow.' });
  api.deps.streams.tick();
  expect(types(await stream.ended)).toEqual(['queued', 'failed']);
  expect(stream.text()).toMatch(/^:/m);
});

test('a database that is away ends no stream, and refuses a new one', async () => {
  const { generations } = api.deps.store;
  const { findAll } = generations;
  const stream = await follow(await aGeneration());
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
  expect(types(await stream.ended)).toEqual(whole);
});

test('a client that left before it could be followed is not kept', async () => {
  const { streams } = api.deps;
  const request = new http.IncomingMessage(new Socket());
  const response = new http.ServerResponse(request);
  request.socket.destroy();
  await streams.follow(request, response, { generationId: await aGeneration(), keyId: 'one' });
  expect(streams.size()).toBe(0);
});

test('an id is the same in capital letters', async () => {
  const id = await aGeneration();
  const stream = await follow(id.toUpperCase());
  await stream.until(() => stream.events.length === 1);
  await api.work();
  expect(types(await stream.ended)).toEqual(whole);
});

test('a revoked key closes its streams, and no other', async () => {
  const id = await aGeneration();
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
  expect(types(await other.ended)).toEqual(whole);
});

test('a thousand streams cost one subscription and leave nothing behind', async () => {
  const redis = new Redis(testServices().redisUrl);
  const subscribers = () => redis.call('PUBSUB', 'NUMSUB', `${api.prefix}:announcements`);
  const before = await subscribers();
  const id = await aGeneration();
  const agent = new http.Agent({ maxSockets: 1000 });
  const headers = { authorization: `Bearer ${internalKey}` };
  const clients = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const asking = http.get(`${api.url}/v1/generations/${id}/events`, { agent, headers });
      const [answer] = (await once(asking, 'response')) as [http.IncomingMessage];
      answer.on('error', () => undefined);
      await once(answer, 'readable');
      return { asking, answer };
    }),
  );
  expect(api.deps.streams.size()).toBe(1000);
  expect(await subscribers()).toEqual(before);

  for (const { asking } of clients.slice(0, 500)) asking.destroy();
  const rest = clients.slice(500).map(async ({ answer }) => {
    let text = '';
    for await (const chunk of answer) text += chunk;
    return text;
  });
  await api.work();
  for (const text of await Promise.all(rest)) expect(text).toMatch(/^event: ?published$/m);
  expect(api.deps.streams.size()).toBe(0);
  agent.destroy();
  redis.disconnect();
});
