import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildProfile } from '@texas-ai/testing';
import { startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

async function get(path: string) {
  const response = await api.get(path);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

test('characters are listed page by page, without their writing material', async () => {
  const { body } = await get('/v1/characters');
  expect(body.characters).toMatchObject([{ id: 'texas', timeZone: 'Asia/Shanghai' }]);
  expect(body.nextCursor).toBeNull();
  expect(body.characters[0].work).toBeUndefined();
  expect((await get('/v1/characters/texas')).body.id).toBe('texas');

  const other = { profile: buildProfile('zh', { id: 'angelina' }), hash: 'other' };
  await api.db.store.characters.synchronise([other]);
  const first = (await get('/v1/characters?limit=1')).body;
  const second = (await get(`/v1/characters?limit=1&cursor=${first.nextCursor}`)).body;
  expect([first, second].map(({ characters }) => characters[0].id)).toEqual(['angelina', 'texas']);
  expect(second.nextCursor).toBeNull();
  expect((await get('/v1/characters?cursor=x')).status).toBe(400);
});
