import { chapterDraftSchema, planDraftSchema } from '@texas-ai/life';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/**
 * Keywords that Gemini's `responseJsonSchema` takes. It also documents `maxItems`, but answers 400
 * to it on arrays of objects.
 */
const accepted = [
  '$ref',
  '$defs',
  'type',
  'format',
  'title',
  'description',
  'enum',
  'items',
  'prefixItems',
  'minItems',
  'minimum',
  'maximum',
  'anyOf',
  'oneOf',
  'properties',
  'additionalProperties',
  'required',
] as const;

export function planResponseSchema(): JsonSchema {
  return responseSchema(planDraftSchema);
}

/** Asks for at least that many texts; the exact count is checked by whoever validates the answer. */
export function chapterResponseSchema(slots: number): JsonSchema {
  const texts = chapterDraftSchema.shape.texts.min(slots);
  return responseSchema(chapterDraftSchema.extend({ texts }));
}

function responseSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      for (const keyword of Object.keys(jsonSchema)) {
        if (!accepted.some((each) => each === keyword)) delete jsonSchema[keyword];
      }
    },
  });
  return whole;
}
