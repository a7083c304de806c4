import { TexasError } from '@texas-ai/kernel';
import { languages, type Profile, type Store } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../app.js';
import { defineRoute, type Route } from '../route.js';

const characterSchema = z.object({
  id: z.string(),
  name: z.string(),
  language: z.enum(languages),
  timeZone: z.string(),
  persona: z.object({ summary: z.string(), traits: z.array(z.string()) }),
  home: z.object({ name: z.string(), latitude: z.number(), longitude: z.number() }),
  companions: z.array(z.object({ name: z.string(), relation: z.string() })),
});

export function characterRoutes({ store }: Pick<AppDeps, 'store'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/characters',
      scope: 'read',
      response: z.object({ characters: z.array(characterSchema) }),
      async answer() {
        const profiles = await store.characters.list();
        return { status: 200, body: { characters: profiles.map(describe) } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/characters/:character',
      scope: 'read',
      params: z.strictObject({ character: z.string() }),
      response: characterSchema,
      async answer({ params }) {
        return { status: 200, body: describe(await profileOf(store, params.character)) };
      },
    }),
  ];
}

/** The profile of a character. Throws `character_not_found`. */
export async function profileOf(store: Pick<Store, 'characters'>, id: string): Promise<Profile> {
  const profile = await store.characters.find(id);
  if (profile) return profile;
  throw new TexasError('character_not_found', 'There is no character of this id.', {
    details: { field: 'character' },
  });
}

function describe({ id, name, language, timeZone, persona, home, companions }: Profile) {
  return {
    id,
    name,
    language,
    timeZone,
    persona: { summary: persona.summary, traits: persona.traits },
    home: { name: home.name, latitude: home.latitude, longitude: home.longitude },
    companions: companions.map(({ name, relation }) => ({ name, relation })),
  };
}
