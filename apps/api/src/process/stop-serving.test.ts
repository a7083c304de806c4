import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@texas-ai/testing';
import request from 'supertest';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';
import { stopServing, unusedConnections } from './stop-serving.js';

let api: TestApi;
let unused: ReturnType<typeof unusedConnections>;
beforeEach(async () => {
  api = await startTestApi();
  unused = unusedConnections(api.server);
});
afterEach(() => api.close());

const authorization = `Bearer ${internalKey}`;
const drainMs = 5_000;
const firstRequestMs = 300;
const finishMs = 25_000;

/** Stops with pauses that end at once, except those given, which end with their promise. */
const stop = (waits: Record<number, Promise<unknown>> = {}) => {
  const { readiness, streams } = api.deps;
  const { server, logger } = api;
  const never = new Promise<never>(() => undefined);
  const times: Record<number, Promise<unknown>> = { [finishMs]: never, ...waits };
  const pause = async (ms: number) => void (await times[ms]);
  return stopServing({ server, unused, readiness, streams, logger, drainMs, finishMs, pause });
};

describe('stopping', () => {
  it('first fails readiness while it keeps serving', async () => {
    let drain: () => void = () => undefined;
    const drained = new Promise<void>((resolve) => {
      drain = resolve;
    });
    const stopped = stop({ [drainMs]: drained });
    const ready = await request(api.url).get('/health/ready');
    expect([ready.status, ready.body.reason]).toEqual([503, 'shutting down']);
    const read = await request(api.url).get('/v1/characters').set({ authorization });
    expect([read.status, read.headers.connection]).toEqual([200, 'close']);
    drain();
    await stopped;
    await expect(fetch(`${api.url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('finishes active requests and closes idle connections', async () => {
    const { hostname, port } = new URL(api.url);
    const idle = connect(Number(port), hostname);
    await once(idle, 'connect');
    let respond: (() => void) | undefined;
    const find = api.deps.store.generations.find;
    api.deps.store.generations.find = async (id) => {
      await new Promise<void>((resolve) => {
        respond = resolve;
      });
      return find(id);
    };
    const path = '/v1/generations/019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';
    const active = request(api.url)
      .get(path)
      .set({ authorization })
      .then((each) => each);
    await until(() => respond !== undefined);
    const stopped = stop();
    await once(idle, 'close');
    respond?.();
    expect((await active).body.code).toBe('generation_not_found');
    await stopped;
  });

  it('accepts the first request of a connection that was just opened', async () => {
    const { hostname, port } = new URL(api.url);
    const late = connect(Number(port), hostname);
    await once(late, 'connect');
    const answered = once(late, 'data');
    const stopped = stop({ [firstRequestMs]: answered });
    late.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 200 /);
    await stopped;
  });

  it('cuts off a body that never ends', async () => {
    const { hostname, port } = new URL(api.url);
    const slow = connect(Number(port), hostname);
    slow.on('error', () => undefined);
    slow.write(
      `POST /v1/characters/texas/days/2026-11-23/generations HTTP/1.1\r\nhost: x\r\n` +
        `authorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
    );
    await once(api.server, 'request');
    await stop({ [finishMs]: Promise.resolve() });
    expect(api.logger.lines.map(({ message }) => message)).toContain(
      'connections cut off at shutdown',
    );
  });

  it('ends event streams with a reconnection time', async () => {
    const accepted = await api.post('/v1/characters/texas/days/2026-11-23/generations');
    const { id } = (await accepted.json()) as { id: string };
    const stream = await api.get(`/v1/generations/${id}/events`);
    const text = stream.text();
    await stop();
    const lines = (await text).split('\n');
    expect(lines).toContain('event:queued');
    expect(lines.lastIndexOf('retry:2000')).toBeGreaterThan(lines.indexOf('event:queued'));
  });
});
