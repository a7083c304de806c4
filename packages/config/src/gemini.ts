import { text, url } from './fields.js';

/** A model's name as the provider lists it, also where it is written `models/…` as in its addresses. */
export const modelName = text('a model name').transform((name) => name.replace(/^models\//, ''));

/** What people copy behind the address of Gemini's interface: its version, a model, the other interface. */
const copied = /\/v1(?:alpha|beta)?(?:\/(?:models|openai)(?:\/.*)?)?\/*$/;

/**
 * Gemini's interface, to which the client adds `/v1beta/models/…`. Only the path of a proxy or gateway
 * before that stays; a query would end up in the middle.
 */
export const geminiBaseUrl = url('http', 'https')
  .refine((value) => {
    const { username, password } = new URL(value);
    return username === '' && password === '';
  }, 'a URL without user and password, which fetch does not send')
  .transform((value) => {
    const { origin, pathname } = new URL(value);
    return `${origin}${pathname.replace(copied, '').replace(/\/+$/, '')}`;
  });

/** A table by models, whose names are read the same way. */
export function byModelName<Entry>(table: Record<string, Entry>): Record<string, Entry> {
  return Object.fromEntries(
    Object.entries(table).map(([model, entry]) => [modelName.parse(model), entry]),
  );
}
