import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { authorFailure, failurePolicies, isProbed, probedCodes } from './author-failures.js';

const entries = Object.entries(failurePolicies);

describe('the policy of each failure', () => {
  test('has a cooldown that only a probe ends where only a person can do something', () => {
    expect([...probedCodes].sort()).toEqual([
      'author_balance_exhausted',
      'author_location_unsupported',
      'author_model_unavailable',
      'author_quota_unavailable',
      'author_unauthorized',
    ]);
    expect(isProbed('author_rate_limited')).toBe(false);
    expect(isProbed(undefined)).toBe(false);
  });

  test('keeps the step from being tried again and again at such an author, who bills nothing', () => {
    for (const code of probedCodes) {
      expect(failurePolicies[code]).toMatchObject({ step: 'give up', billed: false });
    }
  });

  test('has one sentence of advice, which reaches the message', () => {
    for (const [code, { advice }] of entries) {
      expect([code, advice]).toEqual([code, expect.stringMatching(/^[A-Z][^.]+(\.\w[^.]*)*\.$/)]);
    }
    expect(authorFailure('author_overloaded', 'Gemini is overloaded.').message).toBe(
      `Gemini is overloaded. ${failurePolicies.author_overloaded.advice}`,
    );
  });
});

test('the operator’s guide has each failure with its advice', () => {
  const guide = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
  const rows = guide.split('\n').filter((line) => line.startsWith('| `author_'));
  for (const [code, { advice }] of entries) {
    const row = rows.find((line) => line.startsWith(`| \`${code}\``)) ?? '';
    expect([code, row.replaceAll('`', '')]).toEqual([code, expect.stringContaining(advice)]);
  }
});
