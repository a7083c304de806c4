import { expect, test } from '@jest/globals';
import { makeReadLimit } from './read-limit.js';

function headersOf(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : [])),
  );
}

test('a key has so many reads in a minute, and anew in the next', () => {
  let at = 1_000_000;
  const take = makeReadLimit(2, () => at);
  const standings = () => {
    const { refusal, headers } = take('one');
    return [refusal?.code ?? null, headersOf(headers).RateLimit, headersOf(headers)['Retry-After']];
  };
  expect(standings()).toEqual([null, '"reads"; r=1; t=60', undefined]);
  at += 30_500;
  expect(standings()).toEqual([null, '"reads"; r=0; t=30', undefined]);
  expect(standings()).toEqual(['rate_limited', '"reads"; r=0; t=30', '30']);
  at += 29_499;
  expect(standings()).toEqual(['rate_limited', '"reads"; r=0; t=1', '1']);
  at += 1;
  expect(standings()).toEqual([null, '"reads"; r=1; t=60', undefined]);
});

test('each key is counted by itself, and told apart without being named', () => {
  const take = makeReadLimit(1, () => 0);
  expect(take('one').refusal).toBeNull();
  expect(take('two').refusal).toBeNull();
  expect(take('one').refusal?.code).toBe('rate_limited');
  const policies = ['one', 'two'].map((key) => headersOf(take(key).headers)['RateLimit-Policy']);
  for (const policy of policies) expect(policy).toMatch(/^"reads"; q=1; w=60; pk=:[\w+/]{12}:$/);
  expect(new Set(policies).size).toBe(2);
});
