import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localDate } from '@texas-ai/kernel';
import { type TestDatabase, until } from '@texas-ai/testing';

export { until };

// The built product in processes of its own, as the end-to-end tests run it.

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Starts a production entry; what it says goes to the log file, or else its errors to ours. */
export function startApp(
  app: 'api' | 'worker',
  env: Record<string, string>,
  logFile?: string,
): ChildProcess {
  const output = logFile === undefined ? null : createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, [join(root, `apps/${app}/dist/main.js`)], {
    env,
    stdio: output ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', 'inherit'],
  });
  if (output) {
    child.stdout?.pipe(output, { end: false });
    child.stderr?.pipe(output, { end: false });
    child.once('close', () => output.end());
  }
  return child;
}

/** SIGKILL, unless it has ended already; resolves when it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Below those that outgoing connections take: one of them could have it before a process listens. */
const ports = { first: 20_000, last: 32_000 };

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = randomInt(ports.first, ports.last);
    const server = createServer();
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!listens) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('No port of 127.0.0.1 is free.');
}

/** Resolves once the process serves there; rejects at once where it has ended. */
export function untilReady(url: string, child: ChildProcess): Promise<void> {
  return until(() => {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`It ended with ${child.exitCode ?? child.signalCode} before it was ready.`);
    }
    return isReady(url);
  });
}

/**
 * A date near today's, `YYYY-MM-DD`, by the clock of the database. Processes of the product are given
 * an environment of their own, and may have another clock than the tests.
 */
export async function dateFromToday(
  { store }: Pick<TestDatabase, 'store'>,
  days = 0,
): Promise<string> {
  return localDate(await store.now(), 'Asia/Shanghai')
    .add({ days })
    .toString();
}

export function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
