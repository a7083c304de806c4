import { chapterDraftSchema, planDraftSchema } from '@texas-ai/life';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/**
 * The keywords of `responseJsonSchema` that are sent. Bounds such as `minItems` and `maximum` are
 * supported too, but multiply the states of the constraint until Gemini responds with 400 (“too many
 * states for serving”). Validation of the answer checks counts and ranges instead.
 */
const sentKeywords: ReadonlySet<string> = new Set([
  '$ref',
  '$defs',
  'type',
  'format',
  'title',
  'description',
  'enum',
  'items',
  'prefixItems',
  'anyOf',
  'oneOf',
  'properties',
  'additionalProperties',
  'required',
]);

export const planResponseSchema: JsonSchema = responseSchema(planDraftSchema);
export const chapterResponseSchema: JsonSchema = responseSchema(chapterDraftSchema);
export const probeResponseSchema: JsonSchema = responseSchema(z.object({ ok: z.boolean() }));

function responseSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      for (const keyword of Object.keys(jsonSchema)) {
        if (!sentKeywords.has(keyword)) delete jsonSchema[keyword];
      }
    },
  });
  return whole;
}
