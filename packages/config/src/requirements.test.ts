import { expect, test } from '@jest/globals';
import { missingSettings, unknownPrice } from './requirements.js';
import { settingsSchema } from './schema.js';
import { valueAt } from './tree.js';

// What one setting needs of another.

const missing = (tree: object) =>
  missingSettings(
    settingsSchema.parse(tree),
    (path) => valueAt(tree, path) !== undefined,
    'development',
    {},
  );

test('a heartbeat comes before work counts as lost', () => {
  const worker = (heartbeatSeconds: number) => ({ heartbeatSeconds, untouchedSeconds: 10 });
  expect(missing({ worker: worker(9.9) })).toEqual([]);
  expect(missing({ worker: worker(10) })).toEqual([
    expect.stringContaining('worker.heartbeatSeconds: expected less than the 10 s'),
  ]);
});

test('money that is capped needs the price of the model, where one is billed for', () => {
  const prices = { known: { input: 1, output: 2 } };
  const asking = (model: string, apiKey?: string) => ({
    authoring: { gemini: { model, ...(apiKey && { apiKey }) } },
    budget: { prices, everybody: { dailyMoney: 1 } },
  });
  expect(missing(asking('unknown', 'a-key'))).toEqual([
    expect.stringContaining('budget.prices: expected the price of unknown'),
  ]);
  expect(missing(asking('known', 'a-key'))).toEqual([]);
  expect(missing(asking('unknown'))).toEqual([]);
  const uncapped = { ...asking('unknown', 'a-key'), budget: { prices } };
  expect(missing(uncapped)).toEqual([]);
});

test('a model that only objects have has no price', () => {
  const authoring = { gemini: { model: 'constructor', apiKey: 'a-key' } };
  expect(missing({ authoring, budget: { everybody: { dailyMoney: 1 } } })).toHaveLength(1);
});

test('a start says what it costs where nobody knows', () => {
  const { budget, authoring } = settingsSchema.parse({});
  const said = (author: 'gemini' | 'offline', model: string) => {
    const gemini = { ...authoring.gemini, model };
    return unknownPrice({ authoring: { author, gemini }, budget });
  };
  expect(said('gemini', 'gemini-flash-latest')).toMatch(
    /^What gemini-flash-latest costs is not known/,
  );
  expect(said('gemini', authoring.gemini.model)).toBeNull();
  expect(said('offline', 'gemini-flash-latest')).toBeNull();
});

test('the default model has a price, and so has each step up from it', () => {
  const { budget, authoring } = settingsSchema.parse({});
  for (const model of [authoring.gemini.model, 'gemini-3.8-flash', 'gemini-4-hydrogen']) {
    expect(budget.prices[model]).toMatchObject({ readOn: '2026-11-30' });
  }
  expect(authoring.gemini.model).not.toContain('latest');
});
