import { expect, test } from '@jest/globals';
import { explain, TexasError } from './errors.js';

test.each<[string, unknown, string]>([
  ['what happened', new TexasError('aborted', 'It was stopped.'), 'It was stopped.'],
  [
    'why, and what to do',
    new TexasError('storage_unavailable', 'No.', { details: { reason: 'a b', fix: 'Do c.' } }),
    'No (a b). Do c.',
  ],
  [
    'the cause of an unexpected error',
    new RangeError('a is no b'),
    'An unexpected error occurred (a is no b).',
  ],
  [
    'no other cause',
    new TexasError('import_invalid', 'Line 1.', { cause: new Error('secret') }),
    'Line 1.',
  ],
  [
    'a reason only once',
    new TexasError('backup_target_unavailable', 'No: NoSuchBucket.', {
      details: { reason: 'NoSuchBucket' },
    }),
    'No: NoSuchBucket.',
  ],
  [
    'a truncated reason',
    new TexasError('aborted', 'No.', { details: { reason: 'x'.repeat(9999) } }),
    `No (${'x'.repeat(500)}…).`,
  ],
  ['a fallback for a value that is no error', 'oops', 'An unexpected error occurred.'],
])('explain prints %s', (_what, failure, text) => {
  expect(explain(failure)).toBe(text);
});
