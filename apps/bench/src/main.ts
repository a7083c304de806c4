import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '@texas-ai/config';
import { makeOwner } from '@texas-ai/kernel';
import { startLocalServices } from '@texas-ai/local-services';
import { makeLogSpy, startFakeGemini } from '@texas-ai/testing';
import { measureBackup } from './backup.js';
import { measureCachedDay } from './cached-day.js';
import { measureDueDays } from './due-days.js';
import { measureEventLoop } from './event-loop.js';
import { type Figure, renderFigures } from './figure.js';
import { measureLatency } from './latency.js';
import { measureMemory } from './memory.js';
import { startProduct } from './product.js';
import { measureScaling } from './scaling.js';
import { measureStart } from './start-time.js';
import { measureThroughput } from './throughput.js';
import { measureUncachedReads } from './uncached-reads.js';

// `npm run bench`: prints figures and fails nothing. Everything runs on private servers.

const root = fileURLToPath(new URL('../../..', import.meta.url));
// Below those that outgoing connections take.
const ports = { product: 29_211, idle: 29_212, start: 29_213 };
const owner = makeOwner();
try {
  process.stdout.write(`${renderFigures(await measure())}\n`);
} finally {
  await owner.closeAll();
}
process.exit(0);

async function measure(): Promise<Figure[]> {
  const environment = processEnvironment();
  const home = owner.own(mkdtempSync(join(tmpdir(), 'texas-bench-')), (folder) =>
    rmSync(folder, { recursive: true, force: true }),
  );
  const logger = makeLogSpy();
  const services = owner.own(
    await startLocalServices({
      home,
      environment,
      durable: true,
      need: { postgres: true, redis: true },
      logger,
    }),
    (each) => each.stop(),
  );
  const { databaseUrl, redisUrl, guard } = services;
  if (databaseUrl === null || redisUrl === null) throw new Error('The servers did not start.');
  const servers = { databaseUrl, redisUrl };
  const figures: Figure[] = [];
  const say = (line: string) => process.stderr.write(`${line}\n`);

  say('Days a minute…');
  figures.push(await measureThroughput(servers, logger));

  say('Idle memory…');
  const logs = join(home, 'logs');
  const idle = await startProduct(guard, servers, { root, logs, port: ports.idle, environment });
  figures.push(...(await measureMemory(idle)));

  say('A cached day…');
  figures.push(...(await measureCachedDay(guard, idle, logs)));

  say('Days read for the first time, with few and with a million experiences stored…');
  figures.push(await measureUncachedReads(servers, idle));
  await idle.stop();

  say('A backup of them…');
  figures.push(...(await measureBackup(servers, logger)));

  say('One day with an author that takes 500 ms a call…');
  const gemini = owner.own(await startFakeGemini({ latencyMs: 500 }), (each) => each.stop());
  const product = await startProduct(guard, servers, {
    root,
    logs,
    port: ports.product,
    environment: { ...environment, GEMINI_BASE_URL: gemini.url },
  });
  figures.push(await measureLatency(product));
  await product.stop();

  say('One to four workers with the same author…');
  const run = { root, logs, port: ports.product, environment };
  figures.push(...(await measureScaling(guard, servers, run)));

  say('The event loop of a worker…');
  figures.push(await measureEventLoop(guard, servers, run));

  say('100,000 characters due at once…');
  figures.push(...(await measureDueDays(servers, logger)));

  say('Start…');
  figures.push(await measureStart(root, join(home, 'start'), ports.start, environment));
  return figures;
}
