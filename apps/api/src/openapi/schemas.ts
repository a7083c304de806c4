import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Converts zod schemas. Those with an `id` in their meta become shared components. */
export interface Schemas {
  /** For response bodies, which may gain fields in later releases. */
  ofOutput(schema: z.ZodType): JsonSchema;
  /** For request input. */
  ofInput(schema: z.ZodType): JsonSchema;
  /** The components of all conversions so far. */
  components(): Record<string, JsonSchema>;
}

export function makeSchemas(): Schemas {
  const components: Record<string, JsonSchema> = {};

  function convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _dialect,
      $defs = {},
      ...root
    } = withComponentRefs(
      z.toJSONSchema(schema, {
        io,
        unrepresentable: 'any',
        override({ jsonSchema }) {
          // Clients must accept fields added by later releases.
          if (io === 'output' && jsonSchema.additionalProperties === false) {
            delete jsonSchema.additionalProperties;
          }
        },
      }),
    );
    for (const [name, definition] of Object.entries($defs))
      components[name] = withoutId(definition);
    const { id } = root;
    if (typeof id !== 'string') return root;
    components[id] = withoutId(root);
    return { $ref: `#/components/schemas/${id}` };
  }

  return {
    ofOutput: (schema) => convert(schema, 'output'),
    ofInput: (schema) => convert(schema, 'input'),
    components: () => components,
  };
}

function withoutId(schema: JsonSchema): JsonSchema {
  const { id: _id, ...rest } = schema;
  return rest;
}

/** Rewrites references to where OpenAPI keeps definitions. */
function withComponentRefs(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
