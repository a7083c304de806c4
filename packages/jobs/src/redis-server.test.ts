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
import { assertRedisSupported, assessRedis, type SupportedRedisOptions } from './redis-server.js';

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

/** Returns the reason for the refusal, if any, and the logged warnings. */
async function check(
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
    warnings: logger.lines.map(({ level, message, fields }) => ({ level, message, ...fields })),
  };
}

const supported = { problem: null, warnings: [] };

test('an eviction policy is a warning, but not for a cache', async () => {
  const server = await redisWith('--maxmemory-policy', 'allkeys-lru');
  expect(await check(server)).toEqual({
    problem: null,
    warnings: [
      {
        level: 'warn',
        message: 'redis may evict jobs: set its maxmemory-policy to noeviction',
        setting: 'REDIS_URL',
        policy: 'allkeys-lru',
      },
    ],
  });
  expect(await check(server, 'CACHE_REDIS_URL')).toEqual(supported);
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

test('cluster mode is refused, even if the server does not report it', async () => {
  const server = await redisWith('--cluster-enabled', 'yes');
  const refused = expect.stringMatching(/^REDIS_URL: .*without cluster mode.*cluster-enabled no/);
  expect(await check(server)).toEqual({ problem: refused, warnings: [] });
  const cache = await check(server, 'CACHE_REDIS_URL');
  expect(cache.problem).toMatch(/^CACHE_REDIS_URL: .*without cluster mode/);
  for (const lacking of ['-info', '-info -hello']) {
    expect((await check(await withUser(server, `~* &* +@all ${lacking}`))).problem).toEqual(
      refused,
    );
  }
});

test('a Sentinel is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'texas-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, 'sentinel monitor texas 127.0.0.1 1 1\n');
  const server = await redisWith(file, '--sentinel');
  expect((await check(server)).problem).toMatch(
    /^REDIS_URL: .*got a Sentinel: use the address of the primary/,
  );
  await rm(folder, { recursive: true });
});

test('a replica is a warning, and counts as unavailable until it accepts writes', async () => {
  const primary = await redisWith();
  const replica = await redisWith('--replicaof', '127.0.0.1', String(primary.port));
  const { problem, warnings } = await check(replica);
  expect([problem, warnings.map(({ message }) => message)]).toEqual([
    null,
    ['redis is a read-only replica, which accepts no writes'],
  ]);
  const connection = connect(replica);
  await untilReady(connection);
  const queues = openQueues({ connection, logger: makeLogSpy() });
  await expect(queues.assertWritable()).rejects.toMatchObject({ code: 'queue_unavailable' });
});

test('a full server is left to the health checks', async () => {
  const server = await redisWith('--maxmemory', '1');
  expect(await check(server)).toEqual(supported);
});

test('waits for a server that is unavailable', async () => {
  const server = await redisWith();
  const proxy = owner.own(await startStallingProxy(server.port), (each) => each.stop());
  proxy.stall();
  const verdict = check({ url: `redis://127.0.0.1:${proxy.port}` });
  proxy.acceptNew();
  proxy.resume();
  expect(await verdict).toEqual(supported);
});

describe('a user', () => {
  test.each([
    ['~* &* +@all -@dangerous'],
    ['~texas:* &texas:* +@all -@dangerous'],
    ['~texas:* &texas:* +@all -@dangerous -hello'],
  ])('with the permissions %s is accepted', async (permissions) => {
    expect(await check(await withUser(await redisWith(), permissions))).toEqual(supported);
  });

  test.each([
    ['~* &* +@all -@scripting', /eval/],
    ['~* &* +@all -@stream', /can't run this command/],
    ['~* &* +@all -@write', /can't run this command/],
    ['~* &* +@all -@blocking', /bzpopmin/],
    ['~* &* +@all -@pubsub', /publish/],
    ['~* resetchannels +@all', /channels/],
    ['~bull:* &* +@all', /keys/],
  ])('with the permissions %s is refused', async (permissions, reason) => {
    const { problem } = await check(await withUser(await redisWith(), permissions));
    expect(problem).toMatch(
      /^REDIS_URL: expected a user with the permissions that the queues need/,
    );
    expect(problem).toMatch(reason);
    expect(problem).toContain('grant it +@all -@dangerous on ~texas:* and &texas:*');
  });

  test('without the dangerous commands can process the queues', async () => {
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

/** The URL of the server for a new user with these permissions. */
async function withUser(server: TestRedis, permissions: string): Promise<{ url: string }> {
  const name = `user-${permissions.length}`;
  const connection = connect(server);
  await untilReady(connection);
  await connection.call('ACL', 'SETUSER', name, 'on', '>secret', ...permissions.split(' '));
  return { url: `redis://${name}:secret@127.0.0.1:${server.port}` };
}

test.each([
  ['5.0.14', 'refused'],
  ['6.0.16', 'a warning'],
  ['6.2.14', 'a warning'],
  ['7.0.15', 'supported'],
  ['7.2.4', 'supported'],
  ['8.0.1', 'supported'],
  ['10.0.0', 'supported'],
  [null, 'supported'],
])('Redis %s is %s', (version, verdict) => {
  const server = { version, mode: 'standalone', isReplica: false, evictionPolicy: null };
  const { refusal, warnings } = assessRedis(server, { mayEvict: false });
  expect({ refusal, warnings }).toEqual({
    refusal: verdict === 'refused' ? expect.stringContaining('got version 5.0.14') : null,
    warnings:
      verdict === 'supported'
        ? []
        : [{ message: 'redis is older than the oldest supported version', version, oldest: 7 }],
  });
});
