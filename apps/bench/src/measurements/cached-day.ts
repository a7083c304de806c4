import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@texas-ai/testing';
import type { Aim } from '../aim.js';
import { type Figure, median, rangeOf } from '../figure.js';
import { type Bench, defineMeasurement } from '../measurement.js';
import { productKey, startProduct, untilReady } from '../product.js';
import { type Load, load } from '../wrk.js';

const rounds = 5;
const seconds = 3;

/** Requests per second for a day in memory, with key and limit, compared with bare servers of the same bytes. */
export const cachedDay = defineMeasurement({
  id: 'cached-day',
  title: 'A cached day under load, compared with bare servers',
  needs: ['wrk'],
  async measure(bench) {
    const product = await startProduct(bench);
    const path = `/v1/characters/texas/days/${product.today}`;
    await product.writeDay(product.today.toString());
    const file = join(bench.folder, 'day.json');
    writeFileSync(file, await product.read(path));
    const urls = {
      product: `${product.url}${path}`,
      http: await startBare(bench, 'http', file),
      express: await startBare(bench, 'express', file),
    };
    // One round of warm-up for V8, then alternating rounds, so that other load affects all of them.
    for (const url of Object.values(urls)) await load(url, productKey, seconds);
    const seen: Record<keyof typeof urls, Load[]> = { product: [], http: [], express: [] };
    for (let round = 0; round < rounds; round++) {
      for (const name of ['product', 'http', 'express'] as const) {
        seen[name].push(await load(urls[name], productKey, seconds));
      }
    }
    await product.stop();
    return figuresOf(seen);
  },
});

function figuresOf(seen: Record<'product' | 'http' | 'express', Load[]>): Figure[] {
  const rates = (name: keyof typeof seen) => seen[name].map((each) => each.requestsPerSecond);
  const rate = (id: string, of: 'http' | 'express', floorName: string, aim: Aim): Figure => ({
    id,
    name: 'cached day, with API key and rate limits, one api process',
    value: median(rates('product')),
    unit: 'requests/s',
    aim,
    floor: { name: floorName, value: median(rates(of)) },
    range: rangeOf(rates('product')),
  });
  const latencies = (name: keyof typeof seen) => seen[name].map(({ p99 }) => p99);
  return [
    rate('cached-day-of-http', 'http', 'bare node:http', { of: 'ratio', atLeast: 0.55 }),
    rate('cached-day-of-express', 'express', 'bare Express 5', { of: 'ratio', atLeast: 2 }),
    {
      id: 'cached-day-p99',
      name: 'p99 of a cached day, 32 connections',
      value: median(latencies('product')),
      unit: 'ms',
      aim: { of: 'value', atMost: 3 },
      floor: { name: 'bare node:http', value: median(latencies('http')) },
      range: rangeOf(latencies('product')),
    },
  ];
}

async function startBare({ supervisor, folder }: Bench, kind: 'http' | 'express', file: string) {
  const name = `bare-${kind}`;
  const port = await freePort();
  const logFile = join(folder, `${name}.log`);
  const main = fileURLToPath(new URL('../bare-server-main.js', import.meta.url));
  await supervisor.spawn({
    name,
    command: process.execPath,
    args: [main, kind, String(port), file],
    env: {},
    cwd: folder,
    logFile,
  });
  const url = `http://127.0.0.1:${port}/`;
  await untilReady(url, logFile);
  return url;
}
