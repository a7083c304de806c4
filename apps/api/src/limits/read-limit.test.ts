import { expect, test } from '@jest/globals';
import { makeReadLimit } from './read-limit.js';

function headersOf(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : [])),
  );
}

test('limits the reads of a key per minute', () => {
  let at = 1_000_000;
  const take = makeReadLimit(2, () => at);
  const countOne = () => {
    const { error, headers } = take('one');
    return [error?.code ?? null, headersOf(headers).RateLimit, headersOf(headers)['Retry-After']];
  };
  expect(countOne()).toEqual([null, '"reads"; r=1; t=60', undefined]);
  at += 30_500;
  expect(countOne()).toEqual([null, '"reads"; r=0; t=30', undefined]);
  expect(countOne()).toEqual(['rate_limited', '"reads"; r=0; t=30', '30']);
  at += 29_499;
  expect(countOne()).toEqual(['rate_limited', '"reads"; r=0; t=1', '1']);
  at += 1;
  expect(countOne()).toEqual([null, '"reads"; r=1; t=60', undefined]);
});

test('counts each key separately without revealing its id', () => {
  const take = makeReadLimit(1, () => 0);
  expect(take('one').error).toBeNull();
  expect(take('two').error).toBeNull();
  expect(take('one').error?.code).toBe('rate_limited');
  const policies = ['one', 'two'].map((key) => headersOf(take(key).headers)['RateLimit-Policy']);
  for (const policy of policies) expect(policy).toMatch(/^"reads"; q=1; w=60; pk=:[\w+/]{12}:$/);
  expect(new Set(policies).size).toBe(2);
});
