import { languages, type Profile } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { staleHeader } from '../reads/cached-response.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { idPageQuery, nextCursor, page } from './paging.js';
import { characterParams } from './parameters.js';

const characterSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    language: z.enum(languages),
    timeZone: z.string(),
    persona: z.object({ summary: z.string(), traits: z.array(z.string()) }),
    home: z.object({ name: z.string(), latitude: z.number(), longitude: z.number() }),
    companions: z.array(z.object({ name: z.string(), relation: z.string() })),
  })
  .meta({ id: 'Character' });

const example = {
  id: 'texas',
  name: '德克萨斯',
  language: 'zh',
  timeZone: 'Asia/Shanghai',
  persona: { summary: '企鹅物流的信使，话不多，做事可靠。', traits: ['冷静', '可靠'] },
  home: { name: '她的公寓', latitude: 31.23, longitude: 121.47 },
  companions: [{ name: '能天使', relation: '同事' }],
};

export function characterOperations({ store, readers }: Pick<AppDeps, 'store' | 'readers'>) {
  const operations: Operation[] = [
    defineOperation({
      id: 'listCharacters',
      method: 'get',
      path: '/v1/characters',
      scope: 'read',
      tag: 'characters',
      summary: 'List characters',
      summaryZh: '列出所有角色',
      description:
        'The characters of this installation, sorted by id, without their writing material.',
      query: z.strictObject(idPageQuery),
      responses: {
        200: {
          description: 'A page of characters.',
          body: z.object({ characters: z.array(characterSchema), nextCursor }),
          example: { characters: [example], nextCursor: null },
        },
      },
      problems: [],
      async respond({ query }) {
        const { limit, cursor: after } = query;
        const found = await store.characters.list({ after, limit: limit + 1 });
        const { entries, nextCursor } = page(found, limit, ({ id }) => id);
        return { status: 200, body: { characters: entries.map(toView), nextCursor } };
      },
    }),
    defineOperation({
      id: 'getCharacter',
      method: 'get',
      path: '/v1/characters/:character',
      scope: 'read',
      tag: 'characters',
      summary: 'Get a character',
      summaryZh: '查看一个角色',
      description: 'Who the character is, where she lives, and with whom.',
      params: characterParams,
      responses: {
        200: {
          description: 'The character.',
          body: characterSchema,
          example,
          headers: {
            'Cache-Status': '`texas-ai; hit; detail=stale` if the response is out of date.',
          },
        },
      },
      problems: ['character_not_found'],
      async respond({ params }) {
        const { profile, stale } = await readers.character(params.character);
        return { status: 200, headers: stale ? staleHeader : {}, body: toView(profile) };
      },
    }),
  ];
  return operations;
}

function toView({ id, name, language, timeZone, persona, home, companions }: Profile) {
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
