import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { untilReady } from '@texas-ai/jobs';
import { startTestApi, type TestApi } from '../../test/test-api.js';

// The api's metrics after a typical day of a small system.

let api: TestApi;
let text: string;
beforeAll(async () => {
  api = await startTestApi();
  await untilReady(api.deps.queues.connection);
  const key = await api.makeKey('read');
  const read = { authorization: `Bearer ${key}` };
  const day = '/v1/characters/texas/days/2026-11-23';
  expect((await api.get(day)).status).toBe(404);
  expect((await api.post(`${day}/generations`)).status).toBe(202);
  await api.work();
  // A future day, which does not count as the newest.
  await api.post('/v1/characters/texas/days/2026-11-25/generations');
  await api.work();
  await api.post('/v1/characters/texas/days/2026-11-24/generations');
  // From the database, then twice from memory through the fast path.
  for (let count = 0; count < 3; count++) expect((await api.get(day, read)).status).toBe(200);
  expect((await api.get(day, { authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await api.get('/metrics', read)).status).toBe(403);
  await api.db.database('spending').insert([
    { scope: '', period: 'day', starts_on: '2026-11-23', calls: 1, tokens: 1_010, cost: 0.1 },
    { scope: '', period: 'month', starts_on: '2026-11-01', calls: 4, tokens: 5_000, cost: 2.5 },
  ]);
  await api.deps.queues.get('days').add('publish-day', {}, { delay: 60_000 });
  const response = await api.get('/metrics');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  text = await response.text();
});
afterAll(() => api.close());

const linesOf = (name: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .sort();

test('requests by route and status, including the fast path and unrouted ones', () => {
  const name = 'texas_http_request_duration_seconds_count';
  const route = '/v1/characters/:character/days/:date';
  expect(linesOf(name)).toEqual(
    [
      `${name}{method="GET",route="/metrics",status="403"} 1`,
      `${name}{method="GET",route="${route}",status="200"} 3`,
      `${name}{method="GET",route="${route}",status="404"} 1`,
      `${name}{method="GET",route="unrouted",status="401"} 1`,
      `${name}{method="POST",route="${route}/generations",status="202"} 3`,
    ].sort(),
  );
});

test('cached reads by level', () => {
  const levels = linesOf('texas_cache_reads_total').map((line) => line.replace(/^.*level=/, ''));
  const [database, memory, redis, stale] = levels.map((line) => Number(line.split(' ')[1]));
  // The missing day, its character, and the day once published.
  expect([database, memory, redis, stale]).toEqual([3, expect.any(Number), 0, 0]);
  expect(memory).toBeGreaterThanOrEqual(2);
});

test('characters, days and generations', async () => {
  expect(linesOf('texas_characters')).toEqual(['texas_characters 1']);
  expect(linesOf('texas_characters_without_today')).toEqual(['texas_characters_without_today 0']);
  expect(linesOf('texas_characters_day_missing')).toEqual(['texas_characters_day_missing 0']);
  expect(linesOf('texas_generations_unfinished')).toEqual([
    'texas_generations_unfinished{status="queued"} 1',
  ]);
  const row = await api.db.database('days').where({ date: '2026-11-23' }).first('published_at');
  expect(linesOf('texas_day_published_timestamp_seconds')).toEqual([
    `texas_day_published_timestamp_seconds{character="texas"} ${row.published_at.epochMilliseconds / 1000}`,
  ]);
});

test('spending per day and month of the budget, and no limit if none is set', () => {
  expect(linesOf('texas_budget_spent')).toEqual([
    'texas_budget_spent{period="day",currency="USD"} 0.1',
    'texas_budget_spent{period="month",currency="USD"} 2.5',
  ]);
  expect(linesOf('texas_budget_spent_tokens')).toEqual([
    'texas_budget_spent_tokens{period="day"} 1010',
    'texas_budget_spent_tokens{period="month"} 5000',
  ]);
  expect(linesOf('texas_budget_limit')).toEqual([]);
});

test('queues, workers and stores, and no backup if there is none', () => {
  expect(linesOf('texas_queue_jobs')).toContain('texas_queue_jobs{queue="days",state="delayed"} 1');
  expect(linesOf('texas_queue_oldest_waiting_seconds')).toContain(
    'texas_queue_oldest_waiting_seconds{queue="days"} 0',
  );
  expect(linesOf('texas_workers')).toEqual(['texas_workers 0']);
  expect(linesOf('texas_store_up')).toEqual([
    'texas_store_up{store="database"} 1',
    'texas_store_up{store="redis"} 1',
  ]);
  expect(linesOf('texas_backup_last_success_timestamp_seconds')).toEqual([]);
  expect(linesOf('texas_http_event_streams')).toEqual(['texas_http_event_streams 0']);
});
