import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig, type ProcessEnvironment } from './index.js';
import { settingsWithoutEffect, unknownPrice, unmetRequirements } from './requirements.js';
import { settingsSchema } from './schema.js';
import { valueAt } from './tree.js';

// Settings that require other settings, and warnings at start.

const repository = resolve(import.meta.dirname, '../../..');
const shipped = loadConfig({ root: repository, environment: {} });

const missing = (tree: object) =>
  unmetRequirements(
    settingsSchema.parse(tree),
    (path) => valueAt(tree, path) !== undefined,
    'development',
    {},
  );

test('heartbeats must come before work counts as lost', () => {
  const worker = (heartbeatSeconds: number) => ({ heartbeatSeconds, untouchedSeconds: 10 });
  expect(missing({ worker: worker(9.9) })).toEqual([]);
  expect(missing({ worker: worker(10) })).toEqual([
    expect.stringContaining(
      'worker.heartbeatSeconds: expected less than worker.untouchedSeconds (10 s)',
    ),
  ]);
});

test('a money cap requires the price of a model that is billed', () => {
  const prices = { known: { input: 1, output: 2 } };
  const settings = (model: string, apiKey?: string) => ({
    authoring: { gemini: { model, ...(apiKey && { apiKey }) } },
    budget: { prices, everybody: { dailyMoney: 1 } },
  });
  expect(missing(settings('unknown', 'a-key'))).toEqual([
    expect.stringContaining('budget.prices: expected the price of unknown'),
  ]);
  expect(missing(settings('known', 'a-key'))).toEqual([]);
  expect(missing(settings('unknown'))).toEqual([]);
  const uncapped = { ...settings('unknown', 'a-key'), budget: { prices } };
  expect(missing(uncapped)).toEqual([]);
});

test('names of Object.prototype are not prices', () => {
  const authoring = { gemini: { model: 'constructor', apiKey: 'a-key' } };
  expect(missing({ authoring, budget: { everybody: { dailyMoney: 1 } } })).toHaveLength(1);
});

test('warns about a model of unknown price', () => {
  const { budget, authoring } = shipped;
  const warning = (author: 'gemini' | 'offline', model: string) => {
    const gemini = { ...authoring.gemini, model };
    return unknownPrice({ authoring: { author, gemini }, budget });
  };
  expect(warning('gemini', 'gemini-flash-latest')).toMatch(
    /^The price of gemini-flash-latest is not known/,
  );
  expect(warning('gemini', authoring.gemini.model)).toBeNull();
  expect(warning('offline', 'gemini-flash-latest')).toBeNull();
});

test('the default model and its upgrades have a price', () => {
  const { budget, authoring } = shipped;
  for (const model of [authoring.gemini.model, 'gemini-3.8-flash', 'gemini-4-hydrogen']) {
    expect(budget.prices[model]).toMatchObject({ readOn: '2026-11-30' });
  }
  expect(authoring.gemini.model).not.toContain('latest');
});

describe('settings without effect', () => {
  const root = import.meta.dirname;
  const warning = (environment: ProcessEnvironment) =>
    settingsWithoutEffect(loadConfig({ root, environment }));

  test('are not warned about unless they are set', () => {
    expect(warning({})).toBeNull();
    expect(warning({ WORKER_QUEUES: 'days,alerts' })).toBeNull();
  });

  test('are named in one warning', () => {
    const environment = {
      MATTERMOST_HOST: 'chat.example',
      MATTERMOST_TOKEN: 'token',
      MATTERMOST_OWNER: 'kal',
      WORKER_QUEUES: 'days,outreach',
    };
    expect(warning(environment)).toBe(
      'These settings have no effect in this version: mattermost, outreach in worker.queues.',
    );
    const { mattermost, worker } = loadConfig({ root, environment: {} });
    expect(
      settingsWithoutEffect({ mattermost, worker: { ...worker, concurrencyOf: { outreach: 2 } } }),
    ).toContain('worker.concurrencyOf.outreach');
  });
});
