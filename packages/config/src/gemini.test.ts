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
  ['https://gemini.example/v1beta?key=k#top', 'https://gemini.example'],
  ['https://gemini.example/v1beta/openai/', 'https://gemini.example'],
  [
    'https://gemini.example/v1beta/models/gemini-2.5-flash:generateContent?key=k',
    'https://gemini.example',
  ],
  ['http://127.0.0.1:9999/google/gemini/', 'http://127.0.0.1:9999/google/gemini'],
  ['https://gateway.example/v1/account/name/', 'https://gateway.example/v1/account/name'],
  ['https://gateway.example/v1/account/v1beta', 'https://gateway.example/v1/account'],
])('the address of Gemini %s is %s', (written, read) => {
  expect(geminiOf({ GEMINI_BASE_URL: written }).baseUrl).toBe(read);
});

it('takes no address with a password, which fetch would refuse at every call', () => {
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

it.each(['gemini-2.5-flash', ' models/gemini-2.5-flash'])(
  'the model %s has the price of its name',
  (GEMINI_MODEL) => {
    const { authoring, budget } = loadConfig({ root, environment: { GEMINI_MODEL } });
    expect(authoring.gemini.model).toBe('gemini-2.5-flash');
    expect(budget.prices[authoring.gemini.model]).toMatchObject({ input: 0.3, output: 2.5 });
  },
);
