import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Guard } from '@texas-ai/local-services';
import { type Figure, median } from './figure.js';
import { type Product, productKey } from './product.js';
import { bringWrk, type Load, load } from './wrk.js';

// Below those that outgoing connections take.
const ports = { http: 29_221, express: 29_222 };
const rounds = 3;
const seconds = 4;

/** Requests a second for a day that is in memory, with key and limit, beside bare servers of the same bytes. */
export async function measureCachedDay(
  guard: Guard,
  product: Product,
  logs: string,
): Promise<Figure[]> {
  if (!bringWrk()) {
    process.stderr.write('Not measured: wrk is not installed (apt-get install wrk).\n');
    return [];
  }
  const path = `/v1/characters/texas/days/${product.today}`;
  await product.writeDay(product.today.toString());
  const day = await fetch(`${product.url}${path}`, {
    headers: { authorization: `Bearer ${productKey}` },
  });
  const file = join(logs, 'day.json');
  writeFileSync(file, Buffer.from(await day.arrayBuffer()));
  const urls = {
    product: `${product.url}${path}`,
    http: await startBare(guard, 'http', file, logs),
    express: await startBare(guard, 'express', file, logs),
  };
  // Once unseen, so that V8 has compiled what it will. Then one after the other in turn, so that what
  // else the machine does meets all of them.
  for (const url of Object.values(urls)) await load(url, productKey, seconds);
  const seen: Record<keyof typeof urls, Load[]> = { product: [], http: [], express: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of ['product', 'http', 'express'] as const) {
      seen[name].push(await load(urls[name], productKey, seconds));
    }
  }
  await Promise.all([guard.stop('bare-http'), guard.stop('bare-express')]);
  const rate = (name: keyof typeof urls) =>
    median(seen[name].map((each) => each.requestsPerSecond));
  const figure = (floor: Figure['floor'], aim: string): Figure => ({
    name: 'a cached day, key and limits on',
    value: rate('product'),
    unit: 'requests/s',
    aim,
    floor,
  });
  return [
    figure({ name: 'bare node:http', value: rate('http') }, '0.55 of node:http or more'),
    figure({ name: 'bare Express 5', value: rate('express') }, '2 times Express or more'),
    {
      name: 'p99 of a cached day, 32 connections',
      value: median(seen.product.map(({ p99 }) => p99)),
      unit: 'ms',
      aim: 'at most 3',
      floor: { name: 'bare node:http', value: median(seen.http.map(({ p99 }) => p99)) },
    },
  ];
}

async function startBare(guard: Guard, kind: 'http' | 'express', file: string, logs: string) {
  const name = `bare-${kind}`;
  await guard.spawn({
    name,
    command: process.execPath,
    args: [
      fileURLToPath(new URL('./bare-server-main.js', import.meta.url)),
      kind,
      String(ports[kind]),
      file,
    ],
    env: {},
    cwd: logs,
    logFile: join(logs, `${name}.log`),
  });
  const url = `http://127.0.0.1:${ports[kind]}/`;
  const end = performance.now() + 10_000;
  while (!(await fetch(url).catch(() => null))?.ok) {
    if (performance.now() > end) throw new Error(`The bare server did not start: see ${name}.log.`);
    await pause(20);
  }
  return url;
}
