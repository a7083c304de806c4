import { expect, test } from '@jest/globals';
import { chapterResponseSchema, planResponseSchema } from './response-schema.js';

/** Every key of every object in the schema that is a keyword, not a property's name. */
function keywords(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywords);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties'
      ? [key, ...Object.values(value).flatMap(keywords)]
      : [key, ...keywords(value)],
  );
}

test('only keywords that Gemini takes are sent, and no bounds, which it may refuse', () => {
  const sent = new Set([...keywords(planResponseSchema), ...keywords(chapterResponseSchema)]);
  expect([...sent].sort()).toEqual([
    'additionalProperties',
    'description',
    'enum',
    'items',
    'properties',
    'required',
    'type',
  ]);
});

test('a chapter asks for texts, each with every field', () => {
  expect(chapterResponseSchema).toMatchObject({
    type: 'object',
    required: ['texts'],
    properties: {
      texts: {
        type: 'array',
        items: {
          required: ['content', 'emotions', 'thoughts', 'interaction'],
          properties: { interaction: { type: ['string', 'null'] } },
        },
      },
    },
  });
});
