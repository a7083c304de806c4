import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeProducer, untilReady } from '@texas-ai/jobs';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await untilReady(api.deps.queues.connection);
  url = await api.listen({ producer: makeProducer(api.deps.queues) });
});
afterAll(() => api.close());

let url: string;
const post = async () => {
  const headers = { authorization: `Bearer ${internalKey}` };
  const response = await fetch(`${url}/v1/backups`, { method: 'POST', headers });
  return { status: response.status, body: Object(await response.json()) };
};

test('a requested backup is accepted and enqueued; a repeated request returns it', async () => {
  const { status, body } = await post();
  expect([status, body.state, body.kind]).toEqual([202, 'queued', 'requested']);
  expect((await post()).body.id).toBe(body.id);
  const job = await api.deps.queues.get('maintenance').getJob(`backup-${body.id}`);
  expect(job?.data).toEqual({ version: 1, backupId: body.id });
});

test('a backup is accepted while the queue is unavailable', async () => {
  await api.deps.backups.failed((await post()).body.id, 'backup_failed', 'The disk is full.');
  const url = await api.listen({
    producer: {
      ...api.deps.producer,
      backUp: () => Promise.reject(new Error('away')),
    },
  });
  const response = await fetch(`${url}/v1/backups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await api.makeKey('admin')}` },
  });
  expect(response.status).toBe(202);
  const { id } = Object(await response.json());
  expect(await api.deps.backups.find(id)).toMatchObject({ state: 'queued' });
});

test('backups are listed newest first, page by page, with their outcome', async () => {
  const { backups } = api.deps;
  const [queued] = await backups.queued();
  const made = { file: 'a.dump', size: 7, sha256: 'a'.repeat(64), encrypted: true };
  await backups.good(queued?.id ?? '', { ...made, places: ['folder', 's3://b'], error: null });
  const first = Object(await (await api.get('/v1/backups?limit=1')).json());
  expect(first.backups).toEqual([
    expect.objectContaining({ state: 'good', ...made, places: ['folder', 's3://b'], error: null }),
  ]);
  const path = `/v1/backups?cursor=${first.nextCursor}`;
  const second = Object(await (await api.get(path)).json());
  expect(second.backups).toEqual([
    expect.objectContaining({
      state: 'failed',
      error: { code: 'backup_failed', message: 'The disk is full.' },
    }),
  ]);
  expect(second.nextCursor).toBeNull();
});

test('backups require the scope admin', async () => {
  const authorization = `Bearer ${await api.makeKey('read', 'generate')}`;
  for (const method of ['GET', 'POST']) {
    const response = await fetch(`${api.url}/v1/backups`, { method, headers: { authorization } });
    expect(response.status).toBe(403);
  }
});
