import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { TestApi } from './test-api.js';

export interface ApiDocument {
  [more: string]: unknown;
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, object> };
}

export interface DocumentedOperation {
  operationId: string;
  summary: string;
  description: string;
  deprecated: boolean;
  security?: unknown[];
  'x-scope'?: 'read' | 'generate' | 'admin';
  parameters: {
    name: string;
    in: 'path' | 'query' | 'header';
    required: boolean;
    description: string;
    example?: unknown;
    schema: Record<string, unknown>;
  }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

export interface Media {
  schema: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface NamedOperation extends DocumentedOperation {
  path: string;
  method: string;
}

export async function readDocument(api: Pick<TestApi, 'url'>): Promise<ApiDocument> {
  return (await (await fetch(`${api.url}/openapi.json`)).json()) as ApiDocument;
}

export function operationsOf(document: ApiDocument): NamedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
  );
}

/** Fills in the path parameters with these values, or their examples. */
export function pathOf(
  { path, parameters }: NamedOperation,
  values: Record<string, string> = {},
): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const example = parameters.find((each) => each.name === name)?.example;
    return encodeURIComponent(values[name] ?? String(example));
  });
}

/** Compiles schemas of the document, with undocumented fields as errors. */
export function makeChecker(document: ApiDocument): (schema: object) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const { components } = closed(document) as ApiDocument;
  ajv.addSchema({ $id: 'document', components });
  const known = new Map<object, ValidateFunction>();
  return (schema) => {
    const found = known.get(schema);
    if (found) return found;
    const local = JSON.stringify(closed(schema)).replaceAll(
      '"#/components',
      '"document#/components',
    );
    const compiled = ajv.compile(JSON.parse(local));
    known.set(schema, compiled);
    return compiled;
  };
}

/** Disallows additional properties unless the schema mentions them. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const copy = Object.fromEntries(entries);
  const isObject = 'type' in copy && copy.type === 'object' && 'properties' in copy;
  return isObject && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}
