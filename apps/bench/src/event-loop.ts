import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProcessEnvironment } from '@texas-ai/config';
import type { Guard } from '@texas-ai/local-services';
import type { Figure } from './figure.js';
import { startProduct } from './product.js';
import type { Servers } from './servers.js';

const days = 60;
const probe = fileURLToPath(new URL('loop-probe.js', import.meta.url));

/** How long a worker's event loop is held at most while it writes days with the offline author. */
export async function measureEventLoop(
  guard: Guard,
  servers: Servers,
  options: { root: string; logs: string; port: number; environment: ProcessEnvironment },
): Promise<Figure> {
  const file = join(options.logs, 'event-loop.json');
  const product = await startProduct(guard, servers, {
    ...options,
    environment: { ...options.environment, AUTHOR: 'offline', LOOP_PROBE_FILE: file },
    workerArgs: ['--import', probe],
  });
  const { today, writeDay, workerPid } = product;
  await writeDay(today.subtract({ days: 40 }).toString());
  process.kill(workerPid, 'SIGWINCH');
  await Promise.all(
    Array.from({ length: days }, (_, index) =>
      writeDay(today.subtract({ days: 41 + index }).toString(), 50),
    ),
  );
  await pause(500);
  const { maxMs } = JSON.parse(readFileSync(file, 'utf8')) as { maxMs: number };
  await product.stop();
  return {
    name: `longest hold of a worker's event loop, ${days} days by the offline author`,
    value: maxMs,
    unit: 'ms',
    aim: 'at most 100',
    floor: null,
  };
}
