import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.db.database('author_calls').insert([
    call({ spent_on: '2026-10-31', cost: 8 }),
    call({ spent_on: '2026-11-01' }),
    call({ spent_on: '2026-11-01', character_id: 'lappland' }),
    call({ spent_on: '2026-11-01', step: 'write-chapter', chapter: 0 }),
    call({ spent_on: '2026-11-01', model: 'gemini-2.5-pro', cost: 0.5 }),
    call({ spent_on: '2026-11-01', author: 'offline', model: null, cost: 0 }),
    // Paid on another day than it was written for, and still in progress.
    call({ spent_on: '2026-11-23', date: '2026-11-24', outcome: 'open', closed_at: null }),
    call({ spent_on: '2026-11-24', cost: 16 }),
    call({ spent_on: '2026-11-25', cost: null, model: 'unknown' }),
    call({ spent_on: '2026-11-26', cost: null, model: 'gemini-flash-latest' }),
    // Priced as another model than requested; a probe has no character.
    call({ spent_on: '2026-11-26', priced_model: 'gemini-3.5-flash-lite', cost: 0.25 }),
    call({ ...probe, spent_on: '2026-11-26', cost: 0.000_000_3 }),
  ]);
});
afterAll(() => api.close());

const probe = { step: 'probe', generation_id: null, character_id: null, date: null };

function call(values: Record<string, unknown>) {
  return {
    id: randomUUID(),
    generation_id: randomUUID(),
    character_id: 'texas',
    date: values.spent_on,
    step: 'plan-day',
    author: 'gemini',
    model: 'gemini-2.5-flash',
    closed_at: '2026-11-23T04:00:00Z',
    outcome: 'answered',
    input_tokens: 1000,
    output_tokens: 10,
    cost: 0.1,
    ...values,
  };
}

/** The response, with each row joined to one string. */
async function costs(query = '') {
  const response = await api.get(`/v1/costs${query}`);
  const { rows, ...rest } = Object(await response.json());
  return {
    status: response.status,
    ...rest,
    rows: rows?.map((row: Record<string, unknown>) => Object.values(row).join(' ')),
  };
}

const first = [
  '2026-11-01 gemini gemini-2.5-flash plan-day 2 2000 20 0.2 0',
  '2026-11-01 gemini gemini-2.5-flash write-chapter 1 1000 10 0.1 0',
  '2026-11-01 gemini gemini-2.5-pro plan-day 1 1000 10 0.5 0',
  '2026-11-01 offline  plan-day 1 1000 10 0 0',
];
const today = '2026-11-23 gemini gemini-2.5-flash plan-day 1 1000 10 0.1 0';

test('the default is this month so far, by day, author, model and step', async () => {
  expect(await costs()).toEqual({
    status: 200,
    from: '2026-11-01',
    to: '2026-11-23',
    currency: 'USD',
    total: { calls: 6, inputTokens: 6000, outputTokens: 60, money: 0.9, unpricedCalls: 0 },
    rows: [...first, today],
  });
});

test('rows have named fields', async () => {
  const response = await api.get('/v1/costs?from=2026-11-23&to=2026-11-23');
  expect(Object(await response.json()).rows).toEqual([
    {
      date: '2026-11-23',
      author: 'gemini',
      model: 'gemini-2.5-flash',
      step: 'plan-day',
      calls: 1,
      inputTokens: 1000,
      outputTokens: 10,
      money: 0.1,
      unpricedCalls: 0,
    },
  ]);
});

describe('an unknown price', () => {
  test('is null, not zero', async () => {
    const { total, rows } = await costs('?from=2026-11-25&to=2026-11-25');
    expect(total).toMatchObject({ calls: 1, money: null, unpricedCalls: 1 });
    expect(rows).toEqual(['2026-11-25 gemini unknown plan-day 1 1000 10  1']);
  });

  test('is left out of an exact sum and counted', async () => {
    const { total, rows } = await costs('?from=2026-11-26&to=2026-11-26');
    expect(total).toMatchObject({ calls: 3, money: 0.250_000_3, unpricedCalls: 1 });
    expect(rows).toEqual([
      '2026-11-26 gemini gemini-2.5-flash probe 1 1000 10 3e-7 0',
      '2026-11-26 gemini gemini-3.5-flash-lite plan-day 1 1000 10 0.25 0',
      '2026-11-26 gemini gemini-flash-latest plan-day 1 1000 10  1',
    ]);
  });
});

describe('a range', () => {
  test.each([
    ['includes both its days', '?from=2026-10-31&to=2026-11-01', 8.8],
    ['may be one day', '?from=2026-11-24&to=2026-11-24', 16],
    ['without its last day ends today', '?from=2026-11-02', 0.1],
    ['without its last day is one day if that is in the future', '?from=2026-11-24', 16],
    ['without its first day begins with this month', '?to=2026-11-22', 0.8],
    ['without its first day begins with the month of its last', '?to=2026-10-31', 8],
    ['with nothing in it costs nothing', '?from=2020-01-01&to=2020-12-31', 0],
  ])('%s', async (_name, query, money) => {
    expect((await costs(query)).total.money).toBe(money);
  });

  test.each([
    ['?from=2026-11-02&to=2026-11-01', 'from'],
    ['?from=2026-11-31', 'from'],
    ['?to=23.11.2026', 'to'],
    ['?to=', 'to'],
    ['?from=2026-11-01&from=2026-11-02', 'from'],
    ['?character=%00', 'character'],
    ['?limit=3', 'limit'],
  ])('%s is rejected with the invalid field', async (query, field) => {
    const response = await api.get(`/v1/costs${query}`);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = Object(await response.json());
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(JSON.stringify(problem.errors)).toContain(field);
  });
});

test('costs can be limited to one character', async () => {
  const { rows, total } = await costs('?character=lappland');
  expect(rows).toEqual(['2026-11-01 gemini gemini-2.5-flash plan-day 1 1000 10 0.1 0']);
  expect(total).toMatchObject({ calls: 1, inputTokens: 1000, outputTokens: 10, money: 0.1 });
  expect(await costs('?character=nobody')).toMatchObject({ status: 200, rows: [] });
});

describe('a key', () => {
  test.each([
    ['read', 403, 'forbidden'],
    ['generate', 403, 'forbidden'],
    ['admin', 200, undefined],
  ] as const)('of scope %s gets %i', async (scope, status, code) => {
    const authorization = `Bearer ${await api.makeKey(scope)}`;
    const response = await api.get('/v1/costs', { authorization });
    expect(response.status).toBe(status);
    expect(Object(await response.json()).code).toBe(code);
  });

  test('is required', async () => {
    expect((await fetch(`${api.url}/v1/costs`)).status).toBe(401);
  });
});
