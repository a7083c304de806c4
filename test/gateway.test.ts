import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import {
  freePort,
  makeTestDatabase,
  type TestDatabase,
  testServices,
  until,
} from '@texas-ai/testing';
import { dateFromToday, isReady, kill, root, startApp, untilReady } from './product.js';

// The built product in production: two gateways and a worker on one database and one Redis.

const run = promisify(execFile);
const internalKey = 'texas_internal_of_the_gateway_test';

let day: string;
let home: string;
let db: TestDatabase;
let gateways: Gateway[];
const children: ChildProcess[] = [];

interface Gateway {
  url: string;
  child: ChildProcess;
}

function environment(): Record<string, string> {
  const { PATH = '' } = processEnvironment();
  return {
    PATH,
    HOME: home,
    TEXAS_HOME: home,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    DATABASE_URL: db.url,
    // A private key space in Redis.
    REDIS_URL: `${testServices().redisUrl}/9`,
    INTERNAL_API_KEY: internalKey,
    AUTHOR: 'offline',
    LOG_LEVEL: 'warn',
  };
}

function start(app: 'api' | 'worker', more: Record<string, string> = {}): ChildProcess {
  const child = startApp(app, { ...environment(), ...more }, join(home, `${app}.log`));
  children.push(child);
  return child;
}

async function startGateway(port: number): Promise<Gateway> {
  const gateway = { url: `http://127.0.0.1:${port}`, child: start('api', { PORT: String(port) }) };
  await untilReady(gateway.url, gateway.child);
  return gateway;
}

const texas = async (...args: string[]) =>
  (
    await run(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...args], {
      env: environment(),
    })
  ).stdout;

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const get = (gateway: Gateway, path: string, key = internalKey) =>
  fetch(`${gateway.url}${path}`, { headers: bearer(key) });
const post = (gateway: Gateway, path: string, key = internalKey, body: object = {}) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { ...bearer(key), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function generationOf(gateway: Gateway): Promise<string> {
  const answer = (await (await get(gateway, day)).json()) as { generation?: { id: string } };
  return answer.generation?.id ?? '';
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'texas-gateway-'));
  db = await makeTestDatabase();
  day = `/v1/characters/texas/days/${await dateFromToday(db, 2)}`;
  start('worker');
  gateways = await Promise.all([await freePort(), await freePort()].map(startGateway));
});

afterAll(async () => {
  await Promise.all(children.map(kill));
  await db.drop();
  rmSync(home, { recursive: true, force: true });
});

function both(): [Gateway, Gateway] {
  const [one, other] = gateways;
  if (!one || !other) throw new Error('There are two gateways.');
  return [one, other];
}

const makeKey = async (name: string, scope: string) => {
  const said = await texas('key', 'create', name, '--scope', scope);
  const key = /texas_\w{8}_[\w-]{43}/.exec(said)?.[0];
  if (key === undefined) throw new Error(`No key was shown: ${said}`);
  return key;
};

test('both list the workers', async () => {
  for (const gateway of both()) {
    await until(async () => {
      const { workers } = (await (await fetch(`${gateway.url}/health/workers`)).json()) as {
        workers: { queues: string[] }[];
      };
      return (
        workers.length === 1 &&
        workers[0]?.queues.join() === 'author-offline,days,alerts,maintenance'
      );
    });
  }
});

test('a published day is fresh on both, even if an older one was cached', async () => {
  const [one, other] = both();
  const followed = async () => {
    const asked = await post(one, `${day}/generations`, internalKey, { fresh: true });
    expect(asked.status).toBe(202);
    const { id } = (await asked.json()) as { id: string };
    // The other gateway streams the progress.
    const events = await (await get(other, `/v1/generations/${id}/events`)).text();
    const types = [...events.matchAll(/^event:(\w+)$/gm)].map(([, type]) => type);
    expect(types[0]).toBe('queued');
    expect(types.at(-1)).toBe('published');
    expect(types.filter((type) => type === 'chapter')).toHaveLength(4);
    return id;
  };
  for (const _time of [1, 2]) {
    const id = await followed();
    for (const gateway of both()) await until(async () => (await generationOf(gateway)) === id);
  }
});

test('five generations a minute are allowed on both together', async () => {
  const key = await makeKey('limits', 'generate');
  const [one, other] = both();
  const statuses = [];
  for (const gateway of [one, other, one, other, one, other, one]) {
    const answer = await post(gateway, `${day}/generations`, key);
    statuses.push(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(statuses).toEqual([202, 202, 202, 202, 202, 429, 429]);
});

test('a revoked key is rejected by both, and its open streams end', async () => {
  const key = await makeKey('revoked', 'read,generate');
  const [, other] = both();
  for (const gateway of both()) expect((await get(gateway, day, key)).status).toBe(200);
  // It has no job, so nothing happens and the stream stays open.
  const id = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';
  await db.database('generations').insert({
    id,
    character_id: 'texas',
    // A date that the schedule does not plan meanwhile.
    date: await dateFromToday(db, 3),
    ordinal: 1,
    author: 'offline',
    profile_hash: 'x',
  });
  const stream = await get(other, `/v1/generations/${id}/events`, key);
  expect(stream.status).toBe(200);
  const ended = stream.text();
  await texas('key', 'revoke', key.split('_').slice(0, 2).join('_'));
  for (const gateway of both()) {
    await until(async () => (await get(gateway, day, key)).status === 401);
  }
  expect(await ended).toContain('event:queued');
});

test('a rolling restart under load loses no request, and all processes exit with 0', async () => {
  const agent = new Agent({ keepAlive: true });
  const statuses = new Map<number | string, number>();
  const count = (what: number | string) => statuses.set(what, (statuses.get(what) ?? 0) + 1);
  let done = false;

  // Like a reverse proxy: polls which gateways are ready, and sends requests to those.
  let ready = [...gateways];
  const asking = (async () => {
    while (!done) {
      const known = [...gateways];
      const answers = await Promise.all(known.map(({ url }) => isReady(url)));
      ready = known.filter((_gateway, index) => answers[index]);
      await pause(100);
    }
  })();
  const send = (gateway: Gateway, turn: number) =>
    new Promise<void>((resolve) => {
      const method = turn % 20 === 0 ? 'POST' : 'GET';
      const path = method === 'POST' ? `${day}/generations` : day;
      const asked = request(`${gateway.url}${path}`, {
        method,
        agent,
        headers: bearer(internalKey),
      });
      asked.on('response', (response) => {
        response.resume().on('error', (error) => count(error.message));
        response.on('close', () => {
          count(response.complete ? (response.statusCode ?? 0) : 'cut off');
          resolve();
        });
      });
      asked.on('error', (error) => {
        count(error.message);
        resolve();
      });
      asked.end();
    });
  const clients = Array.from({ length: 8 }, async (_each, client) => {
    for (let turn = client; !done; turn++) {
      const gateway = ready[turn % ready.length];
      if (gateway) await send(gateway, turn);
      await pause(2);
    }
  });

  try {
    for (const index of [0, 1]) {
      const old = gateways[index];
      if (!old) throw new Error('There are two gateways.');
      const exited = once(old.child, 'exit');
      old.child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
      const again = await startGateway(Number(new URL(old.url).port));
      gateways[index] = again;
      await until(async () => ready.some(({ child }) => child === again.child));
    }
  } finally {
    done = true;
    await Promise.all([...clients, asking]);
    agent.destroy();
  }
  // Requests in flight had enough time to finish.
  expect(readFileSync(join(home, 'api.log'), 'utf8')).not.toContain('cut off');
  const kinds = [...statuses.keys()].sort();
  // The bootstrap key is rate limited like any other; a 429 is a response.
  expect(kinds.filter((kind) => ![200, 202, 429].includes(Number(kind)))).toEqual([]);
  expect(statuses.get(200)).toBeGreaterThan(200);
});
