import { expect, test } from '@jest/globals';
import { loadConfig } from '@texas-ai/config';
import { queueNames } from '@texas-ai/jobs';
import { root } from '../deps.js';
import { queuesOf } from './authors.js';

test('a worker of all queues works those of the authors whom it can ask', () => {
  expect(queuesOf('all', ['gemini', 'offline'])).toEqual(queueNames);
  expect(queuesOf('all', ['offline'])).not.toContain('author-gemini');
});

test('a worker works what it is told, as far as it can', () => {
  expect(queuesOf(['days', 'author-gemini'], ['offline'])).toEqual(['days']);
});

test('a worker that could work nothing does not start', () => {
  expect(() => queuesOf(['author-gemini'], ['offline'])).toThrow(
    expect.objectContaining({ code: 'config_invalid' }),
  );
});

test('the configuration knows every queue by its name', () => {
  const environment = { NODE_ENV: 'test', WORKER_QUEUES: queueNames.join(',') };
  expect(loadConfig({ root, environment }).worker.queues).toEqual(queueNames);
});
