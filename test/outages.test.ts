import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { connectProducer, untilReady } from '@texas-ai/jobs';
import { makeOwner, type Owner, seededRandom, Temporal } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { type FaultyAuthor, startFaultyAuthor } from './chaos/faulty-author.js';
import { type ChaosSystem, type Running, startChaosSystem } from './chaos/system.js';
import { until } from './product.js';

// The built product while its servers are away, and how soon after that it works again by itself.

const soon = 15;
let owner: Owner;
let folder: string;
let author: FaultyAuthor;
let system: ChaosSystem;
let asked = 0;
const over = new AbortController();

beforeAll(async () => {
  owner = makeOwner();
  folder = mkdtempSync(join(tmpdir(), 'texas-outages-'));
  chmodSync(folder, 0o755);
  author = owner.own(
    await startFaultyAuthor(seededRandom('outages'), { min: 20, max: 60 }),
    (each) => each.stop(),
  );
  system = await startChaosSystem({ folder, author, fallback: 'none', owner, signal: over.signal });
}, 60_000);
afterAll(async () => {
  over.abort();
  await owner.closeAll();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

let worker: Running;
beforeEach(async () => {
  for (const each of [...system.workers]) await system.kill(each);
  worker = await system.startWorker();
  await published(await ask());
}, 60_000);

/** Of a date that was not asked for yet. */
async function ask(): Promise<string> {
  const date = Temporal.PlainDate.from('2021-01-01').add({ days: asked++ }).toString();
  return (await system.request(date)).id;
}

async function statusOf(id: string): Promise<string> {
  const row = await system.database('generations').where({ id }).first('status');
  return row?.status;
}

/** Rejects where it is not published within the time; answers the seconds that it took. */
async function published(id: string, seconds = soon): Promise<number> {
  const began = performance.now();
  await until(async () => (await statusOf(id)) === 'published', seconds);
  return (performance.now() - began) / 1000;
}

async function redisCommand(...command: [string, ...string[]]): Promise<void> {
  const door = await system.redis.door();
  const connection = connectProducer({ url: door.url, logger: makeLogSpy() });
  await untilReady(connection);
  await connection.call(...command);
  connection.disconnect();
  await door.stop();
}

test.each(['restart', 'crash'] as const)(
  'Redis: after a %s work goes on',
  async (what) => {
    const before = await ask();
    await system.redis[what]();
    await published(before);
    await published(await ask());
  },
  60_000,
);

test.each(['restart', 'crash'] as const)(
  'PostgreSQL: after a %s work goes on',
  async (what) => {
    const before = await ask();
    await system.postgres[what]();
    await published(before);
    await published(await ask());
  },
  60_000,
);

test('a Redis that is full refuses work, loses none, and takes it again when it has room', async () => {
  await redisCommand('config', 'set', 'maxmemory', '1mb');
  const meanwhile = await ask();
  await pause(2_000);
  expect(await statusOf(meanwhile)).not.toBe('published');
  await redisCommand('config', 'set', 'maxmemory', '0');
  await published(meanwhile);
}, 60_000);

test.each(['redis', 'postgres'] as const)(
  'a connection to %s that is dead and says nothing is made anew',
  async (server) => {
    // As after a failover: the old connections hang for ever, new ones reach the new server.
    worker[server].stall();
    const meanwhile = await ask();
    await pause(1_000);
    worker[server].forgive();
    await published(meanwhile);
    await published(await ask());
  },
  60_000,
);

test('connections that PostgreSQL drops while they are idle are made anew', async () => {
  for (let times = 0; times < 3; times++) {
    await system.database.raw(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('texas-worker', 'texas-api')",
    );
    await published(await ask());
  }
}, 60_000);

test('SIGTERM lets a call that is under way finish, and its text is kept', async () => {
  const gate = author.gate(`/${worker.name}`);
  const id = await ask();
  await until(() => author.underWay(`/${worker.name}`) === 1);
  const exited = once(worker.child, 'exit');
  worker.child.kill('SIGTERM');
  await pause(300);
  gate.open();
  expect(await exited).toEqual([0, null]);
  expect(await statusOf(id)).toBe('writing');
  const next = await system.startWorker();
  await published(id);
  const calls = await system
    .database('author_calls')
    .where({ generation_id: id })
    .select('outcome');
  expect(calls.map(({ outcome }) => outcome)).toEqual(calls.map(() => 'answered'));
  expect(next.child.exitCode).toBeNull();
}, 60_000);

test('SIGTERM aborts a call that takes too long, and another worker makes it at once', async () => {
  const gate = author.gate(`/${worker.name}`);
  const id = await ask();
  await until(() => author.underWay(`/${worker.name}`) === 1);
  await system.startWorker();
  const exited = once(worker.child, 'exit');
  worker.child.kill('SIGTERM');
  // In tests a worker has 3 s to stop, and a call may take 4 s.
  expect(await exited).toEqual([0, null]);
  await published(id);
  gate.open();
}, 60_000);

test('SIGKILL: another worker takes over within the time of a lock', async () => {
  const gate = author.gate(`/${worker.name}`);
  const id = await ask();
  await until(() => author.underWay(`/${worker.name}`) === 1);
  await system.startWorker();
  await system.kill(worker);
  gate.open();
  // The lock of a job lasts 2 s in tests, and is looked at every half second.
  await published(id, 6);
}, 60_000);
