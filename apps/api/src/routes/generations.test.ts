import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeProducer, untilReady } from '@texas-ai/jobs';
import { testServices } from '@texas-ai/testing';
import request from 'supertest';
import { countRoundTrips } from '../../test/round-trips.js';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
let url: string;
let day = 0;

beforeAll(async () => {
  api = await startTestApi();
  const { queues } = api.deps;
  await untilReady(queues.connection);
  url = await api.listen({
    requesting: { ...api.deps.requesting, steps: makeProducer(queues) },
  });
});
afterAll(() => api.close());

const nextDate = () => new Date(Date.UTC(2026, 10, 24 + day++)).toISOString().slice(0, 10);

function post(date: string, body: object = {}, headers: Record<string, string> = {}) {
  return request(url)
    .post(`/v1/characters/texas/days/${date}/generations`)
    .set({ authorization: `Bearer ${internalKey}`, ...headers })
    .send(body);
}

/** Makes the job a completed one that still occupies its id. */
async function endJob(id: string): Promise<void> {
  const { connection } = api.deps.queues;
  const queue = `${api.prefix}:author-offline`;
  await connection.zrem(`${queue}:prioritized`, id);
  await connection.zadd(`${queue}:completed`, 1, id);
}

describe('the cost of a request', () => {
  it('is at most two round trips to PostgreSQL and three to Redis', async () => {
    await post(nextDate());
    const portOf = (address: string) => Number(new URL(address).port);
    const { redisUrl } = testServices();
    const trips = countRoundTrips({ redis: portOf(redisUrl), postgres: portOf(api.db.url) });
    const costs: Record<string, Record<string, number>> = {};
    async function cost(name: string, request: PromiseLike<{ status: number }>) {
      trips.take();
      expect((await request).status).toBe(202);
      costs[name] = trips.take();
    }
    try {
      const date = nextDate();
      await cost('the first', post(date));
      await cost('joined', post(date));
      await cost('joined with a key', post(date, {}, { 'idempotency-key': 'a' }));
      await cost('fresh', post(date, { fresh: true }));
      const { body } = await post(date);
      await api.db.store.generations.fail(body.id, null, {
        code: 'author_timeout',
        message: 'too long',
      });
      await cost('resumed', post(date, {}, { 'idempotency-key': 'b' }));
      await cost('repeated', post(date, {}, { 'idempotency-key': 'b' }));
      await endJob(`plan-day-${body.id}-2`);
      await cost('joined after its job completed', post(date, {}, { 'idempotency-key': 'c' }));
    } finally {
      trips.stop();
    }
    expect(costs).toEqual({
      'the first': { postgres: 2, redis: 2 },
      joined: { postgres: 1, redis: 3 },
      'joined with a key': { postgres: 2, redis: 3 },
      fresh: { postgres: 2, redis: 2 },
      resumed: { postgres: 2, redis: 2 },
      repeated: { postgres: 1, redis: 1 },
      'joined after its job completed': { postgres: 2, redis: 3 },
    });
  });
});

describe('concurrent requests', () => {
  it('start one generation', async () => {
    const date = nextDate();
    const responses = await Promise.all(Array.from({ length: 20 }, () => post(date)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
  });

  it('start one generation with the same Idempotency-Key', async () => {
    const date = nextDate();
    const key = { 'idempotency-key': `same-${date}` };
    const responses = await Promise.all(Array.from({ length: 20 }, () => post(date, {}, key)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
  });

  it('with fresh leave one new generation in flight', async () => {
    const date = nextDate();
    const before = await post(date);
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => post(date, { fresh: true })),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = responses.map(({ body }) => body.id);
    expect(ids).not.toContain(before.body.id);
    const rows = await api.db.database('generations').where({ date }).select('id', 'status');
    const inFlight = rows.filter(({ status }) => status !== 'cancelled');
    expect(inFlight).toHaveLength(1);
    expect(ids).toContain(inFlight[0].id);
  });
});

describe('an Idempotency-Key', () => {
  it('belongs to the API key that sent it', async () => {
    const [date, other] = [nextDate(), nextDate()];
    const key = { 'idempotency-key': 'mine' };
    expect((await post(date, {}, key)).status).toBe(202);
    const again = await post(other, {}, key);
    expect([again.status, again.body.code]).toEqual([400, 'invalid_request']);
    const somebody = { authorization: `Bearer ${await api.makeKey('generate')}`, ...key };
    expect((await post(other, {}, somebody)).status).toBe(202);
  });
});
