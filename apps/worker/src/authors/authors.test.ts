import { expect, test } from '@jest/globals';
import { loadConfig } from '@texas-ai/config';
import { queueNames } from '@texas-ai/jobs';
import { root } from '../deps.js';
import { queuesOf } from './authors.js';

test('a worker of all queues processes those of the authors that it can call', () => {
  expect(queuesOf('all', ['gemini', 'offline'])).toEqual(queueNames);
  expect(queuesOf('all', ['offline'])).not.toContain('author-gemini');
});

test('a worker processes the configured queues, without those it cannot process', () => {
  expect(queuesOf(['days', 'author-gemini'], ['offline'])).toEqual(['days']);
});

test('a worker without any queue does not start', () => {
  expect(() => queuesOf(['author-gemini'], ['offline'])).toThrow(
    expect.objectContaining({ code: 'config_invalid' }),
  );
});

test('the configuration accepts every queue name', () => {
  const environment = { NODE_ENV: 'test', WORKER_QUEUES: queueNames.join(',') };
  expect(loadConfig({ root, environment }).worker.queues).toEqual(queueNames);
});
