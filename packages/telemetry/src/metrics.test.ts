import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeAuthorMetrics } from './author-metrics.js';
import { makeHttpMetrics } from './http-metrics.js';
import { makeJobMetrics } from './job-metrics.js';
import { makeMetrics } from './metrics.js';
import { makePoolMetrics } from './pool-metrics.js';
import { makeStoreMetrics, storeQuery } from './store-metrics.js';

const make = () => makeMetrics({ service: 'api', version: '1.2.3' });

/** The values of a metric, by its labels as written. */
function valuesOf(text: string, name: string): Record<string, number> {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(name.length, end), Number(line.slice(end))];
    }),
  );
}

test('each process has its own registry with the metrics of Node.js and the build', async () => {
  const one = make();
  const other = make();
  makeHttpMetrics(one.registry);
  const text = await one.text();
  expect(valuesOf(text, 'texas_build_info')).toEqual({ '{service="api",version="1.2.3"}': 1 });
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
    expect(Object.values(valuesOf(text, name))).toHaveLength(1);
  }
  expect(await other.text()).not.toContain('texas_http');
});

test('counts requests by route and status, and never uses a client’s word as a label', async () => {
  const metrics = make();
  const measure = makeHttpMetrics(metrics.registry);
  const route = '/v1/characters/:character';
  measure({ method: 'GET', route, status: 200, seconds: 0.004 });
  measure({ method: 'GET', route, status: 404, seconds: 0.2 });
  measure({ method: 'BREW', route: 'unrouted', status: 404, seconds: 0.2 });
  expect(valuesOf(await metrics.text(), 'texas_http_request_duration_seconds_count')).toEqual({
    '{method="GET",route="/v1/characters/:character",status="200"}': 1,
    '{method="GET",route="/v1/characters/:character",status="404"}': 1,
    '{method="other",route="unrouted",status="404"}': 1,
  });
});

test('measures jobs by outcome, and active ones by queue', async () => {
  const metrics = make();
  let consumer: Parameters<typeof makeJobMetrics>[1] = () => null;
  const jobs = makeJobMetrics(metrics.registry, () => consumer());
  jobs.ended({ name: 'plan-day', outcome: 'handed-back', seconds: 2 });
  jobs.slow('plan-day');
  expect(valuesOf(await metrics.text(), 'texas_jobs_active')).toEqual({});
  consumer = () => ({ queues: ['days', 'alerts'], activeJobs: () => [{ queue: 'days' }] });
  const text = await metrics.text();
  expect(valuesOf(text, 'texas_jobs_active')).toEqual({
    '{queue="days"}': 1,
    '{queue="alerts"}': 0,
  });
  expect(valuesOf(text, 'texas_job_duration_seconds_sum')).toEqual({
    '{job_name="plan-day",outcome="handed_back"}': 2,
  });
  expect(valuesOf(text, 'texas_slow_steps_total')).toEqual({ '{job_name="plan-day"}': 1 });
});

test('counts the tokens and the cost of billed calls only', async () => {
  const metrics = make();
  const measure = makeAuthorMetrics(metrics.registry, 'USD');
  const call = { author: 'gemini', model: 'm', step: 'plan-day', seconds: 3 };
  measure({
    ...call,
    outcome: 'answered',
    billed: { inputTokens: 100, outputTokens: 20, money: 0.5 },
  });
  measure({ ...call, outcome: 'author_timeout', billed: null });
  const unknown = { inputTokens: 7, outputTokens: 0, money: null };
  measure({ ...call, model: 'unknown', outcome: 'answered', billed: unknown });
  const text = await metrics.text();
  const labels = 'author="gemini",model="m",step="plan-day"';
  expect(valuesOf(text, 'texas_author_tokens_total')).toEqual({
    [`{${labels},direction="input"}`]: 100,
    [`{${labels},direction="output"}`]: 20,
    '{author="gemini",model="unknown",step="plan-day",direction="input"}': 7,
    '{author="gemini",model="unknown",step="plan-day",direction="output"}': 0,
  });
  expect(valuesOf(text, 'texas_author_unpriced_calls_total')).toEqual({
    '{author="gemini",model="unknown",step="plan-day"}': 1,
  });
  expect(valuesOf(text, 'texas_author_spending_total')).toEqual({
    [`{${labels},currency="USD"}`]: 0.5,
  });
  expect(valuesOf(text, 'texas_author_call_duration_seconds_count')).toEqual({
    [`{${labels},outcome="answered"}`]: 1,
    [`{${labels},outcome="author_timeout"}`]: 1,
    '{author="gemini",model="unknown",step="plan-day",outcome="answered"}': 1,
  });
});

test('reads the state of the pool at each scrape', async () => {
  const metrics = make();
  let used = 1;
  makePoolMetrics(metrics.registry, () => ({ used, free: 2, waiting: 0, max: 10 }));
  await metrics.text();
  used = 3;
  const text = await metrics.text();
  expect(valuesOf(text, 'texas_database_pool_connections')).toEqual({
    '{state="used"}': 3,
    '{state="free"}': 2,
  });
});

describe('store metrics', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
  const expireResults = () => jest.advanceTimersByTimeAsync(10_000);

  function stores() {
    const metrics = make();
    const state = { count: 0, away: false, down: false, queues: ['days', 'alerts'] };
    const query = storeQuery({
      gauges: {
        workers: { name: 'texas_workers', help: 'Workers.' },
        oldest: { name: 'texas_oldest_seconds', help: 'Age.' },
        jobs: { name: 'texas_jobs', help: 'Jobs.', labelNames: ['queue'] },
      },
      async run() {
        state.count += 1;
        if (state.away) throw new Error('away');
        const jobs = state.queues.map((queue) => ({ labels: { queue }, value: 7 }));
        return { workers: [{ value: 2 }], jobs };
      },
    });
    const other = storeQuery({
      gauges: { age: { name: 'texas_age_seconds', help: 'Age.' } },
      run: async () => ({ age: [{ value: 1 }] }),
    });
    const redis = {
      async ping() {
        if (state.down) throw new Error('down');
      },
      queries: [query, other],
    };
    return { metrics, state, redis };
  }

  test('run a query once for several gauges and scrapes', async () => {
    const { metrics, state, redis } = stores();
    makeStoreMetrics(metrics.registry, { redis });
    const [text = ''] = await Promise.all([metrics.text(), metrics.text()]);
    expect(state.count).toBe(1);
    expect(valuesOf(text, 'texas_workers')).toEqual({ '': 2 });
    expect(valuesOf(text, 'texas_jobs')).toEqual({ '{queue="days"}': 7, '{queue="alerts"}': 7 });
    expect(valuesOf(text, 'texas_store_up')).toEqual({ '{store="redis"}': 1 });
  });

  test('have no value without a result, instead of 0 or an old one', async () => {
    const { metrics, state, redis } = stores();
    makeStoreMetrics(metrics.registry, { redis });
    expect(valuesOf(await metrics.text(), 'texas_oldest_seconds')).toEqual({});
    state.queues = ['days'];
    await expireResults();
    expect(valuesOf(await metrics.text(), 'texas_jobs')).toEqual({ '{queue="days"}': 7 });
    state.away = true;
    await expireResults();
    const text = await metrics.text();
    for (const name of ['texas_workers', 'texas_jobs']) expect(valuesOf(text, name)).toEqual({});
    // The failing query does not affect the other.
    expect(valuesOf(text, 'texas_age_seconds')).toEqual({ '': 1 });
    expect(valuesOf(text, 'texas_store_up')).toEqual({ '{store="redis"}': 1 });
    state.down = true;
    await expireResults();
    expect(valuesOf(await metrics.text(), 'texas_store_up')).toEqual({ '{store="redis"}': 0 });
  });
});
