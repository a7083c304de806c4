import { Queue } from 'bullmq';
import { type CountingProxy, startCountingProxy } from '../counting-proxy.js';
import { type Figure, median } from '../figure.js';
import { defineMeasurement } from '../measurement.js';
import { type Product, productKey, startProduct } from '../product.js';
import { type Servers, withPort, withPostgres } from '../servers.js';

/** Repetitions for the median: an api occasionally makes round trips of its own. */
const repeats = 31;

interface Trips {
  postgres: number;
  redis: number;
}

/** Round trips of a POST for a day, compared with one row and one job. */
export const roundTrips = defineMeasurement({
  id: 'round-trips',
  title: 'Round trips of a request for a day',
  needs: [],
  async measure(bench) {
    const { servers } = bench;
    const postgres = await startCountingProxy(portOf(servers.databaseUrl));
    const redis = await startCountingProxy(portOf(servers.redisUrl));
    const through: Servers = {
      databaseUrl: withPort(servers.databaseUrl, postgres.port),
      redisUrl: withPort(servers.redisUrl, redis.port),
    };
    const counted = (work: (index: number) => Promise<unknown>) =>
      countTrips({ postgres, redis }, work);
    const product = await startProduct(bench, { servers: through, workers: 0 });
    const date = (index: number) => product.today.subtract({ days: index }).toString();
    const seen = [
      await counted((index) => post(product, date(index), {})),
      await counted((index) => post(product, date(index), {})),
      await counted((index) => post(product, date(index), { fresh: true })),
    ];
    await product.stop();
    const floor = await bareTrips(through, counted);
    await Promise.all([postgres.stop(), redis.stop()]);
    return [figureOf('postgres', 2, seen, floor), figureOf('redis', 3, seen, floor)];
  },
});

function figureOf(
  server: keyof Trips,
  atMost: number,
  seen: readonly Trips[],
  floor: Trips,
): Figure {
  const names = { postgres: 'PostgreSQL', redis: 'Redis' };
  const bare = { postgres: 'one row inserted', redis: 'one job added by BullMQ' };
  return {
    id: `post-round-trips-${server}`,
    name: `round trips to ${names[server]} per POST for a day (maximum of first, joined and fresh)`,
    value: Math.max(...seen.map((trips) => trips[server])),
    unit: 'trips',
    aim: { of: 'value', atMost },
    floor: { name: bare[server], value: floor[server] },
  };
}

/** The median of each server's trips. */
async function countTrips(
  proxies: Record<keyof Trips, CountingProxy>,
  work: (index: number) => Promise<unknown>,
): Promise<Trips> {
  const seen: Record<keyof Trips, number[]> = { postgres: [], redis: [] };
  for (let index = 0; index < repeats; index++) {
    for (const proxy of Object.values(proxies)) proxy.take();
    await work(index);
    for (const name of ['postgres', 'redis'] as const) seen[name].push(proxies[name].take());
  }
  return { postgres: median(seen.postgres), redis: median(seen.redis) };
}

async function post({ url }: Product, date: string, body: object): Promise<void> {
  const response = await fetch(`${url}/v1/characters/texas/days/${date}/generations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${productKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`POST: ${response.status} ${text}`);
}

async function bareTrips(
  { databaseUrl, redisUrl }: Servers,
  counted: (work: () => Promise<unknown>) => Promise<Trips>,
): Promise<Trips> {
  const queue = new Queue('bare', { connection: { url: redisUrl, maxRetriesPerRequest: null } });
  await queue.waitUntilReady();
  const trips = await withPostgres(databaseUrl, async (client) => {
    await client.query('CREATE TABLE bare (id bigserial PRIMARY KEY, content text)');
    return counted(async () => {
      await client.query('INSERT INTO bare (content) VALUES ($1)', ['A day.']);
      await queue.add('plan-day', {});
    });
  });
  await queue.close();
  return trips;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
