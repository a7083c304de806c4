import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hashKey } from '@texas-ai/access';
import { loadConfig } from '@texas-ai/config';
import { makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { createApiKey, type KeyDeps, listApiKeys, revokeApiKey } from './key.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const plain = { json: false };
const asJson = { json: true };

let db: TestDatabase;
let progress: string[];
let results: string[];
beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  progress = [];
  results = [];
  await db.database('api_keys').delete();
});

function depsOn(environment: Record<string, string>): KeyDeps {
  const needs = { database: false, redis: false };
  return {
    config: loadConfig({ root, environment: { NODE_ENV: 'test', ...environment }, needs }),
    logger: makeLogSpy(),
    output: { result: (text) => results.push(text), progress: (line) => progress.push(line) },
  };
}
const deps = () => depsOn({ DATABASE_URL: db.url });

async function create(name: string, scope = 'read'): Promise<string> {
  expect(await createApiKey(deps(), name, { scope, json: false })).toBe(0);
  return results.pop() ?? '';
}

describe('key create', () => {
  test('prints only the key on stdout and stores its hash', async () => {
    const key = await create('phone', 'read,generate');
    expect(key).toMatch(/^texas_\w{8}_[\w-]{43}$/);
    expect(results).toEqual([]);
    expect(progress.join('\n')).not.toContain(key);
    const rows = await db.database('api_keys').select('name', 'scopes', 'hash');
    expect(rows).toEqual([{ name: 'phone', scopes: ['read', 'generate'], hash: hashKey(key) }]);
    await listApiKeys(deps(), plain);
    expect(results.join('\n')).not.toContain(key);
  });

  test('with --json prints one document', async () => {
    await createApiKey(deps(), 'phone', { scope: 'admin', json: true });
    const document = JSON.parse(results.join('\n'));
    expect(document).toMatchObject({ name: 'phone', scopes: ['admin'], revokedAt: null });
    expect(document.key).toContain(`texas_${document.short}_`);
  });

  test.each([
    ['a bad scope', 'phone', 'write'],
    ['an empty name', '', 'read'],
    ['a name too long', 'x'.repeat(101), 'read'],
  ])('rejects %s and stores nothing', async (_name, name, scope) => {
    const making = createApiKey(deps(), name, { scope, json: false });
    await expect(making).rejects.toMatchObject({ code: 'invalid_request' });
    expect(results).toEqual([]);
    expect(await db.database('api_keys')).toHaveLength(0);
  });
});

describe('key list', () => {
  test('prints keys newest first, as a table or JSON, or that there are none', async () => {
    await listApiKeys(deps(), plain);
    expect([results, progress]).toEqual([[], [expect.stringContaining('no keys')]]);
    const shorts = [await create('first'), await create('second')].map((key) => key.split('_')[1]);
    await listApiKeys(deps(), plain);
    const [heads, newest, oldest] = (results.pop() ?? '').split('\n');
    expect(heads).toMatch(/^KEY +SCOPES +CREATED +LAST USED +REVOKED +NAME$/);
    expect(newest).toMatch(new RegExp(`^texas_${shorts[1]} .*second$`));
    expect(oldest).toMatch(new RegExp(`^texas_${shorts[0]} .*first$`));
    await listApiKeys(deps(), asJson);
    const list: { name: string; hash?: unknown }[] = JSON.parse(results.pop() ?? '');
    expect(list.map(({ name, hash }) => [name, hash])).toEqual([
      ['second', undefined],
      ['first', undefined],
    ]);
  });
});

describe('key revoke', () => {
  test.each<[string, (key: string, id: string) => string]>([
    ['short part', (key) => key.split('_')[1] ?? ''],
    ['prefix', (key) => key.split('_').slice(0, 2).join('_')],
    ['id', (_key, id) => id],
  ])('revokes only the key with this %s', async (_name, nameOf) => {
    const key = await create('same');
    await create('same');
    const short = key.split('_')[1];
    const { id } = await db.database('api_keys').where({ short }).first('id');
    expect(await revokeApiKey(deps(), nameOf(key, id), plain)).toBe(0);
    expect(results.pop()).toContain(`texas_${short}`);
    const revoked = await db.database('api_keys').whereNotNull('revoked_at').pluck('short');
    expect(revoked).toEqual([short]);
    const again = revokeApiKey(deps(), nameOf(key, id), plain);
    await expect(again).rejects.toMatchObject({
      message: expect.stringContaining('already revoked'),
    });
  });

  test('rejects an unknown key', async () => {
    const revoking = revokeApiKey(deps(), 'texas_nothing0', plain);
    await expect(revoking).rejects.toMatchObject({
      message: expect.stringContaining('no such key'),
    });
  });
});

describe('a database', () => {
  test('that lacks migrations is reported with the command to run', async () => {
    const behind = await makeTestDatabase({ empty: true });
    try {
      const listing = listApiKeys(depsOn({ DATABASE_URL: behind.url }), plain);
      await expect(listing).rejects.toMatchObject({
        message: expect.stringContaining('Run: npm run texas -- migrate'),
      });
    } finally {
      await behind.drop();
    }
  });

  test('that is neither configured nor running is reported', async () => {
    const listing = listApiKeys(depsOn({ TEXAS_HOME: '/nonexistent/texas-home' }), plain);
    await expect(listing).rejects.toMatchObject({
      code: 'local_service_failed',
      message: expect.stringContaining('npm start'),
    });
  });
});
