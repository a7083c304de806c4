import { secretParameter } from './connection-url.js';
import { text, url } from './fields.js';

const modelExpected = "a model's name such as gemini-2.5-flash, without an address around it";

const withoutPrefix = (name: string) => name.trim().replace(/^\/?models\//i, '');

/** A model's name as the provider lists it. The prefix `models/`, as in its URLs, is removed. */
export const modelName = text(modelExpected)
  .transform(withoutPrefix)
  .refine((name) => /^(tunedModels\/)?\w[\w.-]*$/.test(name), modelExpected);

/** What is often copied along with the base URL: the API version, a model, or the OpenAI-compatible path. */
const apiPath = /\/v1(?:alpha|beta)?(?:\/(?:models|openai)(?:\/.*)?)?\/*$/;

/**
 * Base URL of the Gemini API, to which the client appends `/v1beta/models/…`. Only the path of a proxy or gateway
 * is kept. A query cannot be kept, and is an error if it may contain a key.
 */
export const geminiBaseUrl = url('http', 'https')
  .refine((value) => {
    const { username, password } = new URL(value);
    return username === '' && password === '';
  }, 'a URL without user and password, which fetch does not send')
  .refine(
    (value) => ![...new URL(value).searchParams.keys()].some((name) => secretParameter.test(name)),
    'a URL without a key in its query, which belongs in GEMINI_API_KEY',
  )
  .transform((value) => {
    const { origin, pathname } = new URL(value);
    return `${origin}${pathname.replace(apiPath, '').replace(/\/+$/, '')}`;
  });

/** A record by model, with its keys normalized like `modelName`. */
export function byModelName<Entry>(table: Record<string, Entry>): Record<string, Entry> {
  return Object.fromEntries(
    Object.entries(table).map(([model, entry]) => [withoutPrefix(model), entry]),
  );
}
