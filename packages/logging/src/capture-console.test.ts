import { afterEach, expect, test } from '@jest/globals';
import { makeLogSpy } from '@texas-ai/testing';
import { captureConsole } from './capture-console.js';

const { console } = globalThis;
const original = { ...console };
const warningListeners = process.listeners('warning');
afterEach(() => {
  Object.assign(console, original);
  process.removeAllListeners('warning');
  for (const listener of warningListeners) process.on('warning', listener);
});

test('logs the console output of libraries and Node’s warnings', () => {
  const logger = makeLogSpy();
  captureConsole(logger);
  console.warn('Eviction policy is %s', 'allkeys-lru', { at: 1 });
  console.error(new Error('from a library'));
  console.log('hello');
  process.emit('warning', new Error('deprecated'));
  expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'printed by a library'],
    ['warn', 'printed by a library'],
    ['info', 'printed by a library'],
    ['warn', 'warning from node'],
  ]);
  expect(logger.lines[0]?.fields).toEqual({ text: 'Eviction policy is allkeys-lru { at: 1 }' });
  expect(logger.lines[1]?.fields).toMatchObject({
    text: expect.stringContaining('from a library'),
  });
});
