import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { connectProducer, untilReady } from '@texas-ai/jobs';
import { makeOwner, type Owner, seededRandom, Temporal } from '@texas-ai/kernel';
import { makeLogSpy, until } from '@texas-ai/testing';
import { type FaultyAuthor, startFaultyAuthor } from './chaos/faulty-author.js';
import { type ChaosSystem, type Running, startChaosSystem } from './chaos/system.js';

// The built product during outages of its servers, and its recovery without intervention.

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
});
afterAll(async () => {
  over.abort();
  await owner.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

let worker: Running;
beforeEach(async () => {
  for (const each of [...system.workers]) await system.kill(each);
  worker = await system.startWorker();
  await published(await ask());
});

/** Requests a new date. */
async function ask(): Promise<string> {
  const date = Temporal.PlainDate.from('2021-01-01').add({ days: asked++ }).toString();
  return (await system.request(date)).id;
}

async function statusOf(id: string): Promise<string> {
  const row = await system.database('generations').where({ id }).first('status');
  return row?.status;
}

/** Counts the calls that a generation needs, one for the plan and one per chapter, and the calls made. */
async function callsOf(id: string): Promise<{ planned: number; made: number }> {
  const count = async (table: string) => {
    const row = await system
      .database(table)
      .where({ generation_id: id })
      .count({ count: '*' })
      .first();
    return Number(row?.count);
  };
  return { planned: 1 + (await count('chapters')), made: await count('author_calls') };
}

async function published(id: string): Promise<void> {
  await until(async () => (await statusOf(id)) === 'published');
}

/** Returns the further log of the workers. */
function workerLog(): () => string {
  const read = () => readFileSync(join(folder, 'none', 'worker.log'), 'utf8');
  const { length } = read();
  return () => read().slice(length);
}

async function redisCommand(...command: [string, ...string[]]): Promise<unknown> {
  const door = await system.redis.door();
  const connection = connectProducer({ url: door.url, logger: makeLogSpy() });
  await untilReady(connection);
  const reply = await connection.call(...command);
  connection.disconnect();
  await door.stop();
  return reply;
}

test.each(['restart', 'crash'] as const)(
  'Redis: after a %s work goes on',
  async (what) => {
    const before = await ask();
    await system.redis[what]();
    await published(before);
    await published(await ask());
  },
  180_000,
);

test.each(['restart', 'crash'] as const)(
  'PostgreSQL: after a %s work goes on',
  async (what) => {
    const before = await ask();
    await system.postgres[what]();
    await published(before);
    await published(await ask());
  },
  180_000,
);

test('a full Redis refuses work, loses none, and accepts work again once it has memory', async () => {
  await redisCommand('config', 'set', 'maxmemory', '1mb');
  const logged = workerLog();
  const meanwhile = await ask();
  await until(() => logged().includes('reconciling failed'));
  expect(await statusOf(meanwhile)).not.toBe('published');
  await redisCommand('config', 'set', 'maxmemory', '0');
  await published(meanwhile);
});

test.each(['redis', 'postgres'] as const)(
  'a dead connection to %s is replaced',
  async (server) => {
    // As after a failover: old connections hang forever, new ones reach the new server.
    worker[server].stall();
    const meanwhile = await ask();
    worker[server].acceptNew();
    await published(meanwhile);
    await published(await ask());
  },
  180_000,
);

test('connections that PostgreSQL drops while idle are replaced', async () => {
  for (let times = 0; times < 3; times++) {
    await system.database.raw(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('texas-worker', 'texas-api')",
    );
    await published(await ask());
  }
});

test('SIGTERM lets a call in flight finish, and its text is stored', async () => {
  const gate = author.gate(`/${worker.name}`);
  const id = await ask();
  await until(() => author.callsInFlight(`/${worker.name}`) === 1);
  const exited = once(worker.child, 'exit');
  worker.child.kill('SIGTERM');
  // It no longer waits for jobs.
  const waits = / flags=\S*b/;
  await until(async () => !waits.test(String(await redisCommand('client', 'list'))));
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
  const { planned, made } = await callsOf(id);
  expect(made).toBe(planned);
  expect(next.child.exitCode).toBeNull();
});

test('SIGTERM aborts a call that takes too long, and another worker makes it at once', async () => {
  const gate = author.gate(`/${worker.name}`);
  const id = await ask();
  await until(() => author.callsInFlight(`/${worker.name}`) === 1);
  await system.startWorker();
  const logged = workerLog();
  const exited = once(worker.child, 'exit');
  worker.child.kill('SIGTERM');
  // In tests a worker has 3 s to stop, and a call may take 4 s.
  expect(await exited).toEqual([0, null]);
  await published(id);
  gate.open();
  // It did not have to wait until the lock of the job expired.
  expect(logged()).not.toContain('job stalled');
});

test('SIGKILL: another worker takes over once the job’s lock expires, for exactly one more call', async () => {
  const gate = author.gate(`/${worker.name}`);
  const id = await ask();
  await until(() => author.callsInFlight(`/${worker.name}`) === 1);
  await system.startWorker();
  const logged = workerLog();
  await system.kill(worker);
  gate.open();
  await published(id);
  const { planned, made } = await callsOf(id);
  expect(made).toBe(planned + 1);
  // That is long before the generation counts as stalled and the reconciler restarts it.
  expect(logged()).toContain('job stalled');
  expect(logged()).not.toContain('stalled generations recovered');
});
