import { expect, test } from '@jest/globals';
import { chapterResponseSchema, planResponseSchema } from './response-schema.js';

/** The keywords in a schema, without the names of properties. */
function keywords(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywords);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties'
      ? [key, ...Object.values(value).flatMap(keywords)]
      : [key, ...keywords(value)],
  );
}

test('only supported keywords and no bounds are sent', () => {
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

test('a text of a chapter requires every field', () => {
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
