import type { z } from 'zod';
import type { Documentation, Operation } from '../transport/operation.js';
import { responsesOf } from './responses.js';
import { type JsonSchema, makeSchemas, type Schemas } from './schemas.js';

const tags: Record<Documentation['tag'], string> = {
  characters: 'Characters. 角色',
  days: 'Written days, the current moment, major events and interactions. 日程、此刻、大事件与主动交互',
  generations: 'Generating days, and their progress. 生成',
  operation: 'Operating the installation. 运维',
  original: 'Two deprecated operations for clients of the original system. 原系统的两个接口',
};

const description = `The life of AI characters: what she is doing now, what a day was like, and generating another.

AI 角色的生活：她此刻在做什么、某一天过得怎样，以及再生成一天。

Send a key as \`Authorization: Bearer …\`. Scope \`admin\` includes \`generate\`, which includes \`read\`.
Dates are \`YYYY-MM-DD\` in the character’s own time zone, times of day \`HH:MM\` with \`24:00\` as the end of a day,
instants RFC 3339. Errors are problem details (RFC 9457) with a stable \`code\`. Unknown parameters are rejected;
responses may gain fields. A request is rejected if its body exceeds 100 kB (413) or its headers exceed 16 kB (431),
or if it arrives too slowly (408).`;

/** The OpenAPI 3.1 document of these operations, with the base path as server. */
export function makeDocument(operations: readonly Operation[], basePath: string) {
  const schemas = makeSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: operationObject(operation, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Texas AI',
      version: '1',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath || '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ key: [] }],
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key created by the operator: `npm run texas -- key create`.',
        },
      },
    },
  };
}

function operationObject(operation: Operation, schemas: Schemas) {
  const { id, tag, summary, summaryZh, scope, deprecated = false, body } = operation;
  const access =
    scope === null ? 'Requires no key.' : `Requires a key with the scope \`${scope}\`.`;
  return {
    operationId: id,
    tags: [tag],
    summary: `${summary} · ${summaryZh}`,
    description: `${operation.description}\n\n${access}`,
    deprecated,
    ...(scope === null ? { security: [] } : { 'x-scope': scope }),
    parameters: [
      ...parametersOf(operation.params, 'path', schemas),
      ...parametersOf(operation.query, 'query', schemas),
      ...parametersOf(operation.headers, 'header', schemas),
    ],
    ...(body && {
      requestBody: {
        required: false,
        content: { 'application/json': { schema: schemas.ofInput(body) } },
      },
    }),
    responses: responsesOf(operation, schemas),
  };
}

function parametersOf(shape: z.ZodObject, place: 'path' | 'query' | 'header', schemas: Schemas) {
  const { properties = {}, required = [] } = schemas.ofInput(shape);
  return Object.entries(properties).map(([name, schema]) => {
    const { title, description, example, ...rest } = schema as JsonSchema;
    const isRequired = required.includes(name);
    // Swagger UI fills in every `example`, so that optional filters would be set by default.
    const hint = example === undefined || isRequired ? '' : ` For example \`${example}\`.`;
    return {
      name: title ?? name,
      in: place,
      required: isRequired,
      description: `${description}${hint}`,
      ...(isRequired && example !== undefined && { example }),
      schema: rest,
    };
  });
}
