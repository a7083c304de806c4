import { keyInQuery } from './connection-url.js';
import { text, url } from './fields.js';

const modelExpected = "a model's name such as gemini-2.5-flash, without an address around it";

const withoutPrefix = (name: string) => name.trim().replace(/^\/?models\//i, '');

/** A model's name as the provider lists it, also where it is written `models/…` as in its addresses. */
export const modelName = text(modelExpected)
  .transform(withoutPrefix)
  .refine((name) => /^(tunedModels\/)?\w[\w.-]*$/.test(name), modelExpected);

/** What people copy behind the address of Gemini's interface: its version, a model, the other interface. */
const copied = /\/v1(?:alpha|beta)?(?:\/(?:models|openai)(?:\/.*)?)?\/*$/;

/**
 * Gemini's interface, to which the client adds `/v1beta/models/…`. Only the path of a proxy or gateway
 * before that stays; a query would end up in the middle, and one that may be a key is not dropped silently.
 */
export const geminiBaseUrl = url('http', 'https')
  .refine((value) => {
    const { username, password } = new URL(value);
    return username === '' && password === '';
  }, 'a URL without user and password, which fetch does not send')
  .refine(
    (value) => ![...new URL(value).searchParams.keys()].some((name) => keyInQuery.test(name)),
    'a URL without a key in its query, which belongs in GEMINI_API_KEY',
  )
  .transform((value) => {
    const { origin, pathname } = new URL(value);
    return `${origin}${pathname.replace(copied, '').replace(/\/+$/, '')}`;
  });

/** A table by models, whose names are read the same way. */
export function byModelName<Entry>(table: Record<string, Entry>): Record<string, Entry> {
  return Object.fromEntries(
    Object.entries(table).map(([model, entry]) => [withoutPrefix(model), entry]),
  );
}
