import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import {
  type ApiDocument,
  makeChecker,
  type NamedOperation,
  operationsOf,
  pathOf,
  readDocument,
} from '../../test/document.js';
import { startTestApi, type TestApi } from '../../test/test-api.js';
import { problemSchema } from '../transport/problem.js';

let api: TestApi;
let document: ApiDocument;
let operations: NamedOperation[];

beforeAll(async () => {
  api = await startTestApi();
  document = await readDocument(api);
  operations = operationsOf(document);
});
afterAll(() => api.close());

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
  });

  test('documents every operation in English and Chinese', () => {
    expect(operations.length).toBeGreaterThan(12);
    for (const { operationId, summary, description, responses, parameters } of operations) {
      expect([operationId, summary]).toEqual([
        expect.stringMatching(/^[a-z][A-Za-z]+$/),
        expect.stringMatching(/^[A-Z].+ · .*\p{Script=Han}/u),
      ]);
      expect(description.length).toBeGreaterThan(40);
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
      expect(Object.keys(responses).some((status) => status >= '400')).toBe(true);
      for (const parameter of parameters) expect(parameter).toHaveProperty('description');
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  test('has examples for required parameters only', () => {
    const parameters = operations.flatMap((operation) => operation.parameters);
    expect(parameters.map(({ required }) => required)).toContain(false);
    for (const { name, required, description, ...parameter } of parameters) {
      expect([name, 'example' in parameter]).toEqual([name, required]);
      expect(description).not.toContain('undefined');
    }
  });

  test('has examples that match its schemas', () => {
    const check = makeChecker(document);
    let examples = 0;
    for (const { operationId, responses } of operations) {
      for (const [status, { content = {} }] of Object.entries(responses)) {
        for (const { schema, example, examples: named } of Object.values(content)) {
          const values = named ? Object.values(named).map(({ value }) => value) : [example];
          for (const value of values) {
            const validate = check(schema);
            validate(value);
            expect([operationId, status, validate.errors]).toEqual([operationId, status, null]);
            examples += 1;
          }
        }
      }
    }
    expect(examples).toBeGreaterThan(80);
  });

  test('is 304 for a client that has it', async () => {
    const first = await fetch(`${api.url}/openapi.json`);
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(`${api.url}/openapi.json`, { headers: { 'if-none-match': etag } });
    expect([first.status, again.status]).toEqual([200, 304]);
  });
});

describe('keys', () => {
  const lowerScopes = { read: [], generate: ['read'], admin: ['read', 'generate'] } as const;

  async function ask({ method, ...operation }: NamedOperation, authorization?: string) {
    const headers = authorization === undefined ? {} : { authorization };
    return fetch(`${api.url}${pathOf({ method, ...operation })}`, {
      method: method.toUpperCase(),
      headers,
    });
  }

  async function expectRefused(response: Response, status: number, error: string | null) {
    expect(response.status).toBe(status);
    const header = response.headers.get('www-authenticate') ?? '';
    expect(header).toMatch(/^Bearer realm="texas-ai"/);
    expect(/error="(\w+)"/.exec(header)?.[1] ?? null).toBe(error);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    problemSchema.parse(await response.json());
  }

  test('every operation rejects missing, invalid and revoked keys, and insufficient scopes', async () => {
    const revoked = await api.makeKey('admin');
    await api.db.database('api_keys').update({ revoked_at: api.db.database.fn.now() });
    const keys = {
      read: await api.makeKey('read'),
      generate: await api.makeKey('generate'),
      admin: await api.makeKey('admin'),
    };
    let closed = 0;
    for (const operation of operations) {
      const needed = operation['x-scope'];
      if (needed === undefined) {
        expect(operation.security).toEqual([]);
        expect((await ask(operation)).status).not.toBe(401);
        continue;
      }
      closed += 1;
      await expectRefused(await ask(operation), 401, null);
      await expectRefused(await ask(operation, 'Bearer texas_wrong'), 401, 'invalid_token');
      await expectRefused(await ask(operation, `Bearer ${revoked}`), 401, 'invalid_token');
      for (const scope of lowerScopes[needed]) {
        const response = await ask(operation, `Bearer ${keys[scope]}`);
        await expectRefused(response, 403, 'insufficient_scope');
      }
      for (const scope of [needed, 'admin'] as const) {
        const { status, body } = await ask(operation, `Bearer ${keys[scope]}`);
        await body?.cancel();
        expect([operation.operationId, [401, 403].includes(status)]).toEqual([
          operation.operationId,
          false,
        ]);
      }
    }
    expect(closed).toBeGreaterThan(8);
  });
});
