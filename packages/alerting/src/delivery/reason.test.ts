import { expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { reasonOf } from './deliver.js';

const redact = (text: string) => text.replaceAll('canary', '[redacted]');
const failure = (details = {}) => new TexasError('alert_failed', 'It refused.', { details });

test.each([
  [failure(), 'It refused.'],
  [failure({ status: 503, answer: '' }), 'It refused. 503'],
  [failure({ status: 200, answer: 'no canary' }), 'It refused. 200 no [redacted]'],
  [new TypeError('https://canary is no URL'), 'An unexpected error occurred.'],
])('a reason is our own message and the response (%#)', (error, reason) => {
  expect(reasonOf(error, redact)).toBe(reason);
});

test('a reason is truncated after redaction', () => {
  const answer = `${'x'.repeat(280)}canary${'y'.repeat(500)}`;
  expect(reasonOf(failure({ answer }), redact)).toBe(
    `It refused. ${'x'.repeat(280)}[redacted]`.slice(0, 300),
  );
});
