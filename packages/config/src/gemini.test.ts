import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { loadConfig, type ProcessEnvironment } from './index.js';

const root = import.meta.dirname;
const geminiOf = (environment: ProcessEnvironment) =>
  loadConfig({ root, environment }).authoring.gemini;

it.each([
  ['https://gemini.example', 'https://gemini.example'],
  ['https://gemini.example/', 'https://gemini.example'],
  ['https://gemini.example//', 'https://gemini.example'],
  ['https://gemini.example/v1beta', 'https://gemini.example'],
  ['https://gemini.example/v1beta/', 'https://gemini.example'],
  ['https://gemini.example/v1/', 'https://gemini.example'],
  ['https://gemini.example/?x=1', 'https://gemini.example'],
  ['https://gemini.example/v1beta?x=1#top', 'https://gemini.example'],
  ['https://gemini.example/v1beta/openai/', 'https://gemini.example'],
  [
    'https://gemini.example/v1beta/models/gemini-2.5-flash:generateContent?alt=sse',
    'https://gemini.example',
  ],
  ['http://127.0.0.1:9999/google/gemini/', 'http://127.0.0.1:9999/google/gemini'],
  ['https://gateway.example/v1/account/name/', 'https://gateway.example/v1/account/name'],
  ['https://gateway.example/v1/account/v1beta', 'https://gateway.example/v1/account'],
])('normalizes the base URL %s to %s', (written, read) => {
  expect(geminiOf({ GEMINI_BASE_URL: written }).baseUrl).toBe(read);
});

it('rejects a base URL with a password, which fetch would reject on every call', () => {
  expect(() => geminiOf({ GEMINI_BASE_URL: 'https://u:hunter2@gemini.example' })).toThrow(
    expect.objectContaining({
      details: {
        problems: [
          'GEMINI_BASE_URL: expected a URL without user and password, which fetch does not send',
        ],
      },
    }),
  );
});

it.each(['?key=hunter2', '/v1beta?x=1&api_key=hunter2', '/?access_token=hunter2'])(
  'does not silently drop a key: %s',
  (query) => {
    expect(() => geminiOf({ GEMINI_BASE_URL: `https://gemini.example${query}` })).toThrow(
      expect.objectContaining({
        details: {
          problems: [
            'GEMINI_BASE_URL: expected a URL without a key in its query, which belongs in GEMINI_API_KEY',
          ],
        },
      }),
    );
  },
);

it.each([
  'models/',
  'models/models/gemini-2.5-flash',
  'publishers/google/models/gemini-2.5-flash',
  'gemini-2.5-flash:generateContent',
  '"gemini-2.5-flash"',
  'https://gemini.example/v1beta/models/gemini-2.5-flash',
  'gemini 2.5 flash',
  '.',
  '..',
])('rejects the model name %s', (GEMINI_MODEL) => {
  expect(() => geminiOf({ GEMINI_MODEL })).toThrow(
    expect.objectContaining({
      details: {
        problems: [
          `GEMINI_MODEL: expected a model's name such as gemini-2.5-flash, without an address around it, got ${JSON.stringify(GEMINI_MODEL)}`,
        ],
      },
    }),
  );
});

it('accepts the name of a tuned model', () => {
  expect(geminiOf({ GEMINI_MODEL: 'tunedModels/texas-1' }).model).toBe('tunedModels/texas-1');
});

it.each([
  'gemini-2.5-flash',
  ' models/gemini-2.5-flash',
  'Models/gemini-2.5-flash',
  '/models/gemini-2.5-flash',
])('finds the price of the model %s', (GEMINI_MODEL) => {
  const shipped = resolve(root, '../../..');
  const { authoring, budget } = loadConfig({ root: shipped, environment: { GEMINI_MODEL } });
  expect(authoring.gemini.model).toBe('gemini-2.5-flash');
  expect(budget.prices[authoring.gemini.model]).toMatchObject({ input: 0.3, output: 2.5 });
});
