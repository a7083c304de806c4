import { join } from 'node:path';
import { freePort } from '@texas-ai/testing';
import { bareDays, bareJobs } from '../bare-fleet.js';
import { startCountingProxy } from '../counting-proxy.js';
import type { Figure } from '../figure.js';
import { type Bench, defineMeasurement } from '../measurement.js';
import { startProduct, untilReady } from '../product.js';
import { type Servers, withPort } from '../servers.js';
import { countCommands, type Seen, watched } from '../watched.js';

const concurrency = 16;
/** Per worker, before the measured days: V8 compiles what is used often. */
const warmDays = 300;
const measuredDays = 600;
const workerCounts = [1, 2, 4] as const;
/** Each way, to PostgreSQL and Redis. */
const networkMs = 2;

/** Caps of everybody and of the character that are never reached, but checked by every call. */
const cap = { dailyMoney: 1e6, dailyTokens: 1e11, monthlyMoney: 1e6, monthlyTokens: 1e12 };
const caps = { budget: { everybody: cap, eachCharacter: cap } };

/** The whole way of a day, from an HTTP request to its publication, by workers and an author in their own processes. */
export const fleet = defineMeasurement({
  id: 'fleet',
  title: 'Days by api, workers and Gemini’s library, with an author that answers at once',
  needs: [],
  async measure(bench) {
    const authorUrl = await startAuthor(bench);
    const bare = await bareDays(bench, {
      authorUrl,
      concurrency,
      warmDays,
      days: measuredDays,
    });
    let daysBack = 0;
    const write = async (options: Pick<FleetOptions, 'workers' | 'settings' | 'delayMs'>) => {
      const seen = await writtenDays(bench, { authorUrl, daysBack, ...options });
      daysBack += warmDays * options.workers + measuredDays;
      return seen;
    };
    const figures: Figure[] = [];
    for (const workers of workerCounts) {
      const { seen } = await write({ workers, settings: caps });
      figures.push(perMinute(`fleet-days-${workers}`, workers, '', seen, bare));
      if (workers === 1) figures.push(...costsOf(seen, bare));
    }
    const many = workerCounts[2];
    const slow = (settings: object) => write({ workers: many, settings, delayMs: networkMs });
    const [uncapped, capped] = [await slow({}), await slow(caps)];
    const where = `, ${networkMs} ms each way to PostgreSQL and Redis`;
    figures.push({
      ...perMinute(`fleet-days-${many}-network`, many, where, capped.seen, bare),
      aim: { of: 'ratio', atLeast: 0.95 },
      floor: { name: 'the same without caps', value: uncapped.seen.perMinute },
    });
    return [...figures, ...(capped.trips ? tripsOf(capped.trips) : [])];
  },
});

function perMinute(
  id: string,
  workers: number,
  where: string,
  seen: Seen,
  bare: Pick<Seen, 'perMinute'>,
): Figure {
  const of = workers === 1 ? '1 worker' : `${workers} workers`;
  return {
    id,
    name: `days per minute over HTTP with caps, ${of} of ${concurrency} calls${where}`,
    value: seen.perMinute,
    unit: 'days/min',
    ...(workers === 1 && { aim: { of: 'value', atLeast: 2100 } as const }),
    floor: {
      name: `bare Express, BullMQ and pg, ${bareJobs} calls per day`,
      value: bare.perMinute,
    },
  };
}

function costsOf({ cpuMs, megabytes }: Seen, bare: Seen): Figure[] {
  const cpu = (name: keyof Seen['cpuMs'], process: string): Figure => ({
    id: `fleet-cpu-${name}`,
    name: `… CPU of ${process} per day`,
    value: cpuMs[name],
    unit: 'ms',
    ...(name === 'worker' && { aim: { of: 'value', atMost: 25 } as const }),
    floor: { name: 'bare', value: bare.cpuMs[name] },
  });
  const memory = (name: keyof Seen['megabytes'], atMost: number): Figure => ({
    id: `fleet-memory-${name}`,
    name: `… peak of the ${name}’s resident memory`,
    value: megabytes[name],
    unit: 'MB',
    aim: { of: 'value', atMost },
    floor: { name: 'bare', value: bare.megabytes[name] },
  });
  return [
    cpu('worker', 'the worker'),
    cpu('api', 'the api'),
    cpu('postgres', 'PostgreSQL'),
    cpu('redis', 'Redis'),
    memory('worker', 200),
    memory('api', 140),
  ];
}

/** Statements and commands per day, as api and workers send them: each statement is a round trip. */
interface Trips {
  statements: number;
  commands: number;
}

function tripsOf({ statements, commands }: Trips): Figure[] {
  return [
    {
      id: 'fleet-statements',
      name: 'statements per day, requests and polling included',
      value: statements,
      unit: 'statements',
      aim: { of: 'value', atMost: 20 },
    },
    {
      id: 'fleet-commands',
      name: 'Redis commands per day, as clients send them',
      value: commands,
      unit: 'commands',
      aim: { of: 'value', atMost: 13 },
    },
  ];
}

interface FleetOptions {
  authorUrl: string;
  workers: number;
  settings: object;
  /** Of the network to PostgreSQL and Redis; no network by default. */
  delayMs?: number;
  /** The first date is that many days before today. */
  daysBack: number;
}

async function writtenDays(
  bench: Bench,
  { authorUrl, workers, settings, delayMs, daysBack }: FleetOptions,
): Promise<{ seen: Seen; trips: Trips | null }> {
  const network = delayMs === undefined ? null : await startNetwork(bench.servers, delayMs);
  const product = await startProduct(bench, {
    name: `fleet-${daysBack}`,
    geminiUrl: authorUrl,
    workers,
    settings,
    env: { WORKER_CONCURRENCY: String(concurrency), GENERATION_DAYS_BACK: '36500' },
    ...(network && { servers: network.servers }),
  });
  const warm = warmDays * workers;
  const dates = Array.from({ length: warm + measuredDays }, (_, index) =>
    product.today.subtract({ days: daysBack + index }).toString(),
  );
  // Not through the network: this process only watches.
  const writeDays = (some: readonly string[]) => product.writeDays(some, bench.servers);
  await writeDays(dates.slice(0, warm));
  const work = () => writeDays(dates.slice(warm));
  if (!network) {
    const seen = await watched(bench, product, measuredDays, work);
    await product.stop();
    return { seen, trips: null };
  }
  network.take();
  const commands = await countCommands(bench);
  const seen = await watched(bench, product, measuredDays, work);
  const trips = {
    statements: network.take() / measuredDays,
    commands: (await commands.stop()) / measuredDays,
  };
  await product.stop();
  await network.stop();
  return { seen, trips };
}

/** PostgreSQL and Redis behind proxies that delay all bytes. */
async function startNetwork({ databaseUrl, redisUrl }: Servers, delayMs: number) {
  const portOf = (url: string) => Number(new URL(url).port);
  const postgres = await startCountingProxy(portOf(databaseUrl), { delayMs });
  const redis = await startCountingProxy(portOf(redisUrl), { delayMs });
  return {
    servers: {
      databaseUrl: withPort(databaseUrl, postgres.port),
      redisUrl: withPort(redisUrl, redis.port),
    },
    /** The statements since the last call: each is a round trip. */
    take: () => postgres.take(),
    stop: () => Promise.all([postgres.stop(), redis.stop()]),
  };
}

async function startAuthor({ supervisor, folder, root }: Bench): Promise<string> {
  const port = await freePort();
  const main = join(root, 'packages/testing/dist/fake-gemini-main.js');
  const logFile = join(folder, 'author.log');
  await supervisor.spawn({
    name: 'author',
    command: process.execPath,
    args: [main, '--port', String(port)],
    env: {},
    cwd: folder,
    logFile,
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}/v1beta/models`, logFile);
  return url;
}
