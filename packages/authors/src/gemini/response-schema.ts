import { chapterDraftSchema, planDraftSchema } from '@texas-ai/life';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/**
 * Keywords of `responseJsonSchema` that are sent. It also takes bounds (`minItems`, `maximum` and so
 * on), but they multiply the states of the constraint until Gemini answers 400 (“too many states for
 * serving”), so there are none: validation of the answer checks counts and ranges.
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
/** The smallest answer that has the form of the others. */
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
