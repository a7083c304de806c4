import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Schemas of the document, in which those with an `id` in their meta are named once. */
export interface Schemas {
  /** Of what we send: fields may be added to it in later releases. */
  ofOutput(schema: z.ZodType): JsonSchema;
  /** Of what we take. */
  ofInput(schema: z.ZodType): JsonSchema;
  /** All that were named so far. */
  components(): Record<string, JsonSchema>;
}

export function makeSchemas(): Schemas {
  const named: Record<string, JsonSchema> = {};

  function convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _dialect,
      $defs = {},
      ...root
    } = relocated(
      z.toJSONSchema(schema, {
        io,
        unrepresentable: 'any',
        override({ jsonSchema }) {
          // A client must not break on a field that a later release adds.
          if (io === 'output' && jsonSchema.additionalProperties === false) {
            delete jsonSchema.additionalProperties;
          }
        },
      }),
    );
    for (const [name, definition] of Object.entries($defs)) named[name] = withoutId(definition);
    const { id } = root;
    if (typeof id !== 'string') return root;
    named[id] = withoutId(root);
    return { $ref: `#/components/schemas/${id}` };
  }

  return {
    ofOutput: (schema) => convert(schema, 'output'),
    ofInput: (schema) => convert(schema, 'input'),
    components: () => named,
  };
}

function withoutId(schema: JsonSchema): JsonSchema {
  const { id: _id, ...rest } = schema;
  return rest;
}

/** Definitions lie elsewhere in an OpenAPI document. */
function relocated(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
