import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { authorFailure, failurePolicies, isProbed, probedCodes } from './author-failures.js';

const entries = Object.entries(failurePolicies);

describe('the policy of each failure', () => {
  test('begins a probed cooldown if only an operator can end the cause', () => {
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

  test('gives up the step and bills nothing', () => {
    for (const code of probedCodes) {
      expect(failurePolicies[code]).toMatchObject({ step: 'give up', billed: false });
    }
  });

  test('has one sentence of advice, which is part of the message', () => {
    for (const [code, { advice }] of entries) {
      expect([code, advice]).toEqual([code, expect.stringMatching(/^[A-Z][^.]+(\.\w[^.]*)*\.$/)]);
    }
    expect(authorFailure('author_overloaded', 'Gemini is overloaded.').message).toBe(
      `Gemini is overloaded. ${failurePolicies.author_overloaded.advice}`,
    );
  });
});

test('the operator’s guide lists each failure with its advice', () => {
  const guide = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
  const rows = guide.split('\n').filter((line) => line.startsWith('| `author_'));
  for (const [code, { advice }] of entries) {
    const row = rows.find((line) => line.startsWith(`| \`${code}\``)) ?? '';
    expect([code, row.replaceAll('`', '')]).toEqual([code, expect.stringContaining(advice)]);
  }
});
