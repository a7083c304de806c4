import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadConfig } from './index.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'texas-config-'));
  mkdirSync(join(root, 'config'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function retentionOf(settings: string) {
  writeFileSync(join(root, 'config/local.yml'), `retention: ${settings}\n`);
  return loadConfig({ root, environment: {} }).retention;
}

test('an age is a number of days or forever', () => {
  expect(retentionOf('{ supersededDays: forever, experiencesDays: 400 }')).toMatchObject({
    supersededDays: null,
    experiencesDays: 400,
    alertsDays: 365,
  });
});

test.each([
  'experiencesDays: 0',
  'experiencesDays: 1.5',
  'alertsDays: never',
  'idempotencyDays: "30"',
  // Budget forecasts look two weeks back, and the longest sum is a month.
  'costsDays: 30',
  'messagesDays: 30',
])('%s is rejected', (setting) => {
  expect(() => retentionOf(`{ ${setting} }`)).toThrow();
});
