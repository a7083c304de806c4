import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

describe('the legacy operations', () => {
  it('generate a day and count its interactions, with the original texts and links to the successors', async () => {
    const response = await api.get('/generate-daily-life?target_date=2026-11-25');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ message: '2026-11-25 的日程生成任务已提交。' });
    expect(response.headers.get('deprecation')).toBe('@1795478400');
    expect(response.headers.get('link')).toBe(
      '</v1/characters/texas/days/2026-11-25/generations>; rel="successor-version"',
    );
    const generation = await api.get(response.headers.get('location') ?? '');
    expect(await generation.json()).toMatchObject({ date: '2026-11-25', status: 'queued' });
    await api.work();

    const collected = await api.get('/collect-interactions?target_date=2026-11-25');
    const { message } = (await collected.json()) as { message: string };
    const count = Number(/共 (\d+) 条/.exec(message)?.[1]);
    const listed = await api.get('/v1/characters/texas/interactions?date=2026-11-25&limit=100');
    const { interactions } = (await listed.json()) as { interactions: unknown[] };
    expect(count).toBe(interactions.length);
    expect(count).toBeGreaterThan(0);
    expect(collected.headers.get('link')).toContain('/v1/characters/texas/interactions?date=');
  });

  it('default to the character’s local today', async () => {
    const response = await api.get('/generate-daily-life');
    expect(response.headers.get('link')).toContain('/days/2026-11-23/');
  });

  it('require the scope generate', async () => {
    const authorization = `Bearer ${await api.makeKey('read')}`;
    for (const path of ['/generate-daily-life', '/collect-interactions']) {
      expect((await fetch(`${api.url}${path}`)).status).toBe(401);
      expect((await api.get(path, { authorization })).status).toBe(403);
    }
  });

  it('reject invalid parameters, missing days and HEAD', async () => {
    const wrong = await api.get('/generate-daily-life?target_date=11/25');
    expect(await wrong.json()).toMatchObject({ status: 400, code: 'invalid_request' });
    const unknown = await api.get('/generate-daily-life?date=2026-11-25');
    expect(await unknown.json()).toMatchObject({ status: 400, errors: [{ field: 'date' }] });
    const far = await api.get('/generate-daily-life?target_date=2020-01-01');
    expect(await far.json()).toMatchObject({ status: 422, errors: [{ field: 'target_date' }] });
    const missing = await api.get('/collect-interactions?target_date=2026-10-01');
    expect(await missing.json()).toMatchObject({ status: 404, code: 'day_not_found' });
    const head = await fetch(`${api.url}/generate-daily-life?target_date=2026-12-01`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${await api.makeKey('generate')}` },
    });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
    const nothing = await api.get('/v1/characters/texas/days/2026-12-01');
    expect(nothing.status).toBe(404);
  });
});
