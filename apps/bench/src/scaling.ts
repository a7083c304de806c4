import type { ProcessEnvironment } from '@texas-ai/config';
import type { Guard } from '@texas-ai/local-services';
import { startFakeGemini } from '@texas-ai/testing';
import type { Figure } from './figure.js';
import { type Product, startProduct } from './product.js';
import type { Servers } from './servers.js';

const callMs = 500;
const concurrency = 4;
/** Every worker has so many to write, so that the beginning and the end weigh the same. */
const daysEach = 48;
const mostWorkers = 4;
/** Seldom enough that looking costs the workers nothing on a small machine. */
const lookMs = 500;

/** How days a minute grow from one to four worker processes whose author takes 500 ms a call. */
export async function measureScaling(
  guard: Guard,
  servers: Servers,
  options: { root: string; logs: string; port: number; environment: ProcessEnvironment },
): Promise<Figure[]> {
  const gemini = await startFakeGemini({ latencyMs: callMs });
  const rates: number[] = [];
  let asked = 0;
  for (const workers of [1, mostWorkers]) {
    const environment = {
      ...options.environment,
      GEMINI_BASE_URL: gemini.url,
      WORKER_CONCURRENCY: String(concurrency),
    };
    const product = await startProduct(guard, servers, { ...options, environment, workers });
    const days = daysEach * workers;
    const began = performance.now();
    await writeDays(product, asked, days);
    rates.push((days / (performance.now() - began)) * 60_000);
    asked += days;
    await product.stop();
  }
  await gemini.stop();
  const [one = Number.NaN] = rates;
  const four = rates.at(-1) ?? Number.NaN;
  return [
    {
      name: `days a minute, ${mostWorkers} workers of ${concurrency} calls at once, author 500 ms`,
      value: four,
      unit: 'days/min',
      aim: 'at least 0.95 of the floor',
      floor: { name: `${mostWorkers} times what one worker writes`, value: mostWorkers * one },
    },
  ];
}

/** All of them at once, as a night begins them. */
async function writeDays({ today, writeDay }: Product, from: number, days: number): Promise<void> {
  // Between what other measurements write, and the days that an api accepts.
  const dates = Array.from({ length: days }, (_, index) =>
    today.subtract({ days: 100 + from + index }).toString(),
  );
  await Promise.all(dates.map((date) => writeDay(date, lookMs)));
}
