import type { z } from 'zod';
import type { Documentation, Operation } from '../transport/operation.js';
import { responsesOf } from './responses.js';
import { type JsonSchema, makeSchemas, type Schemas } from './schemas.js';

const tags: Record<Documentation['tag'], string> = {
  characters: 'Who the characters are. 角色',
  days: 'What was written of their days. 日程、此刻、大事件与主动交互',
  generations: 'Having days written, and following that. 生成',
  operation: 'How the installation does. 运行状况',
  original: 'Two calls of the system before this one, for its clients. 原系统的两个接口',
};

const description = `The life of AI characters: what she is doing now, what a day was like, write me another.

AI 角色的生活：她此刻在做什么、某一天过得怎样、再写一天。

Send a key as \`Authorization: Bearer …\`. Scope \`admin\` includes \`generate\`, which includes \`read\`.
Dates are \`YYYY-MM-DD\` in the character’s own zone, times of day \`HH:MM\` with \`24:00\` as the end of a day,
instants RFC 3339. Errors are problem details (RFC 9457) with a stable \`code\`. Unknown parameters are refused;
answers may gain fields. Requests are cut off over 100 kB of body (413), 16 kB of headers (431), or when
they come too slowly (408).`;

/** The OpenAPI 3.1 document of these operations, which are reached below the base path. */
export function makeDocument(operations: readonly Operation[], basePath: string) {
  const schemas = makeSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation, schemas) };
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
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    security: [{ key: [] }],
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key that the operator made: `npm run texas -- key create`.',
        },
      },
    },
  };
}

function describe(operation: Operation, schemas: Schemas) {
  const { id, tag, summary, summaryZh, scope, deprecated = false, body } = operation;
  const needs = scope === null ? 'Needs no key.' : `Needs a key with the scope \`${scope}\`.`;
  return {
    operationId: id,
    tags: [tag],
    summary: `${summary} · ${summaryZh}`,
    description: `${operation.description}\n\n${needs}`,
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
    const { title, description: text, example, ...rest } = schema as JsonSchema;
    const isRequired = required.includes(name);
    // A page for trying out fills in every example, which would narrow what nobody asked to narrow.
    const hint = example === undefined || isRequired ? '' : ` For example \`${example}\`.`;
    return {
      name: title ?? name,
      in: place,
      required: isRequired,
      description: `${text}${hint}`,
      ...(isRequired && example !== undefined && { example }),
      schema: rest,
    };
  });
}
