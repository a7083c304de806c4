import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import { makeLogSpy, startStallingProxy, startTestRedis, type TestRedis } from '@texas-ai/testing';
import type { Redis } from 'ioredis';
import { buildStep, startSystem } from '../test/system.js';
import { connectProducer, untilReady } from './connection.js';
import { makeProducer } from './producer.js';
import { openQueues } from './queues.js';
import { assertRedisSupported, judgeRedis, type SupportedRedisOptions } from './redis-server.js';

let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

async function redisWith(...args: string[]): Promise<TestRedis> {
  return owner.own(await startTestRedis(...args), (each) => each.stop());
}

function connect({ url }: { url: string }): Redis {
  return owner.own(connectProducer({ url, logger: makeLogSpy() }), (each) => each.disconnect());
}

/** The problem that the server is refused for, and what is logged of it. */
async function verdictOn(
  server: { url: string },
  setting: SupportedRedisOptions['setting'] = 'REDIS_URL',
) {
  const logger = makeLogSpy();
  const problem = await assertRedisSupported({ connection: connect(server), setting, logger }).then(
    () => null,
    (error) => error.details?.problems?.[0] ?? error,
  );
  return {
    problem,
    said: logger.lines.map(({ level, message, fields }) => ({ level, message, ...fields })),
  };
}

const fine = { problem: null, said: [] };

test('a Redis that evicts is warned of once, and a cache may', async () => {
  const server = await redisWith('--maxmemory-policy', 'allkeys-lru');
  expect(await verdictOn(server)).toEqual({
    problem: null,
    said: [
      {
        level: 'warn',
        message: 'redis may evict jobs: set its maxmemory-policy to noeviction',
        setting: 'REDIS_URL',
        policy: 'allkeys-lru',
      },
    ],
  });
  expect(await verdictOn(server, 'CACHE_REDIS_URL')).toEqual(fine);
  const connection = connect(server);
  await untilReady(connection);
  const queues = openQueues({ connection, logger: makeLogSpy() });
  expect(await queues.evictionPolicy()).toBe('allkeys-lru');
});

test('BullMQ prints nothing of its own about the server', async () => {
  const printed = jest.spyOn(globalThis.console, 'warn').mockImplementation(() => undefined);
  try {
    const server = await redisWith('--maxmemory-policy', 'volatile-lru');
    const system = await startSystem(owner, server.url);
    await system.queues.all();
    await system.work({});
    expect(printed).not.toHaveBeenCalled();
  } finally {
    printed.mockRestore();
  }
});

test('cluster mode is refused, also where the server does not say so', async () => {
  const server = await redisWith('--cluster-enabled', 'yes');
  const refused = expect.stringMatching(/^REDIS_URL: .*without cluster mode.*cluster-enabled no/);
  expect(await verdictOn(server)).toEqual({ problem: refused, said: [] });
  const cache = await verdictOn(server, 'CACHE_REDIS_URL');
  expect(cache.problem).toMatch(/^CACHE_REDIS_URL: .*without cluster mode/);
  for (const lacking of ['-info', '-info -hello']) {
    expect((await verdictOn(await withUser(server, `~* &* +@all ${lacking}`))).problem).toEqual(
      refused,
    );
  }
});

test('a Sentinel is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'texas-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, 'sentinel monitor texas 127.0.0.1 1 1\n');
  const server = await redisWith(file, '--sentinel');
  expect((await verdictOn(server)).problem).toMatch(
    /^REDIS_URL: .*got a Sentinel: name the primary/,
  );
  await rm(folder, { recursive: true });
});

test('a replica is warned of, and counts as away until it takes writes', async () => {
  const primary = await redisWith();
  const replica = await redisWith('--replicaof', '127.0.0.1', String(primary.port));
  const { problem, said } = await verdictOn(replica);
  expect([problem, said.map(({ message }) => message)]).toEqual([
    null,
    ['redis is a read-only replica, which takes no writes'],
  ]);
  const connection = connect(replica);
  await untilReady(connection);
  const queues = openQueues({ connection, logger: makeLogSpy() });
  await expect(queues.assertWritable()).rejects.toMatchObject({ code: 'queue_unavailable' });
});

test('one that is full is left to health', async () => {
  const server = await redisWith('--maxmemory', '1');
  expect(await verdictOn(server)).toEqual(fine);
});

test('one that is away is waited for', async () => {
  const server = await redisWith();
  const proxy = owner.own(await startStallingProxy(server.port), (each) => each.stop());
  proxy.stall();
  const verdict = verdictOn({ url: `redis://127.0.0.1:${proxy.port}` });
  proxy.forgive();
  proxy.resume();
  expect(await verdict).toEqual(fine);
});

describe('a user', () => {
  test.each([
    ['~* &* +@all -@dangerous'],
    ['~texas:* &texas:* +@all -@dangerous'],
    ['~texas:* &texas:* +@all -@dangerous -hello'],
  ])('with the rights %s is enough', async (rights) => {
    expect(await verdictOn(await withUser(await redisWith(), rights))).toEqual(fine);
  });

  test.each([
    ['~* &* +@all -@scripting', /eval/],
    ['~* &* +@all -@stream', /can't run this command/],
    ['~* &* +@all -@write', /can't run this command/],
    ['~* &* +@all -@blocking', /bzpopmin/],
    ['~* &* +@all -@pubsub', /publish/],
    ['~* resetchannels +@all', /channels/],
    ['~bull:* &* +@all', /keys/],
  ])('with the rights %s is refused', async (rights, said) => {
    const { problem } = await verdictOn(await withUser(await redisWith(), rights));
    expect(problem).toMatch(/^REDIS_URL: expected a user who may do what the queues need/);
    expect(problem).toMatch(said);
    expect(problem).toContain('grant it +@all -@dangerous on ~texas:* and &texas:*');
  });

  test('without the dangerous commands works the queues', async () => {
    const server = await withUser(await redisWith(), '~test-* &test-* +@all -@dangerous');
    const { connection, prefix, work } = await startSystem(owner, server.url);
    const queues = owner.own(openQueues({ connection, prefix, logger: makeLogSpy() }), (each) =>
      each.close(),
    );
    const done = new Promise<void>((resolve) => {
      void work({ 'plan-day': async () => resolve() });
    });
    await makeProducer(queues).enqueue([buildStep('plan-day')]);
    await done;
  });
});

/** The server as a user with these rights sees it. */
async function withUser(server: TestRedis, rights: string): Promise<{ url: string }> {
  const name = `user-${rights.length}`;
  const connection = connect(server);
  await untilReady(connection);
  await connection.call('ACL', 'SETUSER', name, 'on', '>secret', ...rights.split(' '));
  return { url: `redis://${name}:secret@127.0.0.1:${server.port}` };
}

test.each([
  ['5.0.14', 'refused'],
  ['6.0.16', 'warned of'],
  ['6.2.14', 'warned of'],
  ['7.0.15', 'fine'],
  ['7.2.4', 'fine'],
  ['8.0.1', 'fine'],
  ['10.0.0', 'fine'],
  [null, 'fine'],
])('Redis %s is %s', (version, verdict) => {
  const server = { version, mode: 'standalone', isReplica: false, evictionPolicy: null };
  const { refusal, warnings } = judgeRedis(server, { mayEvict: false });
  expect({ refusal, warnings }).toEqual({
    refusal: verdict === 'refused' ? expect.stringContaining('got version 5.0.14') : null,
    warnings:
      verdict === 'fine' ? [] : [{ message: 'redis is older than supported', version, oldest: 7 }],
  });
});
